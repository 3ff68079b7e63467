"""The log of events: a row goes in with the change that it tells of, in the same transaction."""

from typing import Any

from sagakit import dynamodb, tables
from sagakit.dynamodb import Item
from sagakit.errors import TransientError
from sagakit.event import ID, Event, History, of_row, to_row
from sagakit.transaction import Action, Rank, Refusal, action, transact

ABSENT = f"attribute_not_exists(#{ID})"


class AlreadyRecorded(Exception):
    """The event stands already."""

    def __init__(self, row: Item) -> None:
        super().__init__(row["eventType"])
        self.event = of_row(row, repeated=True)


def record(event: Event, *actions: Action) -> Event:
    """Put the event together with the change it tells of; done before, give the earlier event.

    Raises:
        Exception: as `transaction.transact`.
    """
    try:
        transact([put(event), *actions])
    except AlreadyRecorded as earlier:
        return earlier.event
    return event


def history(saga_id: str) -> History:
    """Read all events of the saga, oldest first."""
    query = dynamodb.request(tables.events(), query=f"#{ID} = :id", id=saga_id)
    # A step decides by what it reads here, so it must be what is there now.
    pages = dynamodb.client.get_paginator("query").paginate(**query, ConsistentRead=True)
    events = [of_row(dynamodb.from_wire(row)) for page in pages for row in page["Items"]]
    return History(saga_id, tuple(sorted(events, key=lambda event: event.at)))


def put(event: Event) -> Action:
    """Put the event's row, which must not be there yet."""
    return action("Put", tables.events(), _earlier, Rank.OWN_ROW, item=to_row(event), condition=ABSENT)


def require_event(event: Event, event_type: str, error: Exception) -> Action:
    """Check that another event has happened before this one; else `error`, TransientError if it came only just now."""

    def refusal(row: Item | None) -> Exception:
        return TransientError(f"{event_type} happened just now") if row else error

    condition = f"attribute_exists(#{ID}) AND #at < :before"
    return _check(event, event_type, refusal, condition=condition, before=event.at)


def require_no_event(event: Event, event_type: str, error: Exception) -> Action:
    """Check that another event has not happened; else `error`."""
    return _check(event, event_type, lambda _: error, condition=ABSENT)


def exclusive_with(event: Event, event_type: str) -> Action:
    """Check that the opposite outcome is not on record; else that outcome is the answer."""
    return _check(event, event_type, _earlier, Rank.OWN_ROW, condition=ABSENT)


def _check(event: Event, event_type: str, refusal: Refusal, rank: Rank = Rank.RULE, **asked: Any) -> Action:  # noqa: ANN401
    key = {ID: event.saga_id, "eventType": event_type}
    return action("ConditionCheck", tables.events(), refusal, rank, key=key, **asked)


def _earlier(row: Item | None) -> Exception:
    return AlreadyRecorded(row) if row else LookupError("the condition failed but showed no row")
