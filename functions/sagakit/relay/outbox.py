"""The outbox, and the index of events that are set aside: nothing can be done with them for now."""

from collections.abc import Iterator, Mapping

from sagakit import clock, dynamodb, sweeping, tables
from sagakit.dynamodb import Item
from sagakit.event import ID, Event, from_row

SET_ASIDE = "set aside"  # the index's only shard
EXISTS = f"attribute_exists(#{ID})"
GONE = dynamodb.client.exceptions.ConditionalCheckFailedException


class Malformed(Exception):
    """A row is no event, or the bus will never take it."""


def all_set_aside() -> Iterator[Item]:
    """Yield the keys of the events that are set aside, the oldest first."""
    return sweeping.shard_before(tables.events(), "undispatched", "at", SET_ASIDE, clock.now())


def oldest() -> int | None:
    """Return the time of the oldest event that is set aside; None if there is none."""
    return sweeping.oldest(tables.events(), "undispatched", "at", [SET_ASIDE])


def read(row: Item) -> Event:
    """Read an event from its row.

    Raises:
        Malformed: the row is no event.
    """
    try:
        event = from_row(row)
    except (LookupError, TypeError, ValueError) as error:
        raise Malformed(f"not an event: {error!r}") from error
    if not isinstance(event.detail, Mapping):
        raise Malformed("the detail is no object")
    return event


def if_set_aside(key: Item) -> Event | None:
    """Read the event, or None if it is no longer set aside or still malformed."""
    row = dynamodb.get(tables.events(), _key(key))
    if row is None or row.get("undispatched") != SET_ASIDE:
        return None
    try:
        return read(row)
    except Malformed:
        return None


def take_back(event: Event) -> None:
    """Remove from the index an event that was set aside."""
    _change(_key_of(event), "REMOVE #undispatched", "#undispatched = :setAside", setAside=SET_ASIDE)


def set_aside(row: Item) -> None:
    """List the row for an operator to see, where it blocks no other. A row that has been deleted is not recreated."""
    _change(row, "SET #undispatched = :setAside", setAside=SET_ASIDE)


def _change(row: Item, update: str, condition: str = EXISTS, **values: str | int) -> Item | None:
    try:
        return dynamodb.change(tables.events(), _key(row), update, condition, **values)
    except GONE:
        return None


def _key_of(event: Event) -> dict[str, str]:
    return {ID: event.saga_id, "eventType": event.type}


def _key(row: Item) -> dict[str, str]:
    return {ID: row[ID], "eventType": row["eventType"]}
