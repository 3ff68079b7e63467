"""The outbox's index of events whose saga has not been started, and what is set aside from it."""

from collections.abc import Iterator, Mapping

from sagakit import clock, dynamodb, sweeping, tables
from sagakit.dynamodb import Item
from sagakit.event import ID, Event, from_row, shard

MAX_ATTEMPTS = 10  # to start a saga while others are started, before its event is set aside
SET_ASIDE = "set aside"  # the shard of events that must not block others
EXISTS = f"attribute_exists(#{ID})"
GONE = dynamodb.client.exceptions.ConditionalCheckFailedException


class Malformed(Exception):
    """A row is no event, or the bus will never take it."""


def undispatched(until: int, part: int | None = None) -> Iterator[Item]:
    """Yield the keys of undispatched events recorded before this time, the oldest first."""
    return sweeping.before(tables.events(), "undispatched", "at", until, part)


def all_set_aside() -> Iterator[Item]:
    """Yield the keys of the events that are set aside, the oldest first."""
    return sweeping.shard_before(tables.events(), "undispatched", "at", SET_ASIDE, clock.now())


def oldest() -> int | None:
    """Return the time of the oldest undispatched event, also of those set aside; None if there is none."""
    return sweeping.oldest(tables.events(), "undispatched", "at", SET_ASIDE)


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


def still_undispatched(key: Item) -> Event | None:
    """Read the event, or None if it has been dispatched: the index lags behind its table."""
    row = dynamodb.get(tables.events(), _key(key))
    event = read(row) if row and "undispatched" in row else None
    return event if event and event.undispatched else None


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


def mark_dispatched(event: Event) -> None:
    """Remove the event from the index, unless it was set aside. A row that has been deleted is not recreated."""
    _change(_key_of(event), "REMOVE #undispatched", "#undispatched = :shard", shard=shard(event.saga_id))


def set_aside(row: Item) -> None:
    """List the row for an operator to see, where it blocks no other, even if its saga has been started."""
    _change(row, "SET #undispatched = :setAside", setAside=SET_ASIDE)


def set_aside_undispatched(row: Item) -> None:
    """List the row for an operator to see, unless it has been dispatched."""
    _change(row, "SET #undispatched = :setAside", "attribute_exists(#undispatched)", setAside=SET_ASIDE)


def count_failure(key: Item) -> None:
    """Count an attempt that failed although others succeeded; set the event aside after too many."""
    still, waiting = "#undispatched = :shard", {"shard": key["undispatched"]}
    row = _change(key, "ADD #attempts :one", still, one=1, **waiting)
    if row and row["attempts"] >= MAX_ATTEMPTS:
        _change(key, "SET #undispatched = :setAside", still, setAside=SET_ASIDE, **waiting)


def _change(row: Item, update: str, condition: str = EXISTS, **values: str | int) -> Item | None:
    try:
        return dynamodb.change(tables.events(), _key(row), update, condition, **values)
    except GONE:
        return None


def _key_of(event: Event) -> dict[str, str]:
    return {ID: event.saga_id, "eventType": event.type}


def _key(row: Item) -> dict[str, str]:
    return {ID: row[ID], "eventType": row["eventType"]}
