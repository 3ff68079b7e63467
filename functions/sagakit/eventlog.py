"""The event log. One transaction writes an event together with the change it describes."""

from typing import Any

from sagakit import dynamodb, tables
from sagakit.dynamodb import Item
from sagakit.errors import TransientError
from sagakit.event import ID, Event, History, from_row, to_row
from sagakit.transaction import Action, Rank, Refusal, action, transact

ABSENT = f"attribute_not_exists(#{ID})"


class AlreadyRecorded(Exception):
    """The event is already on record."""

    def __init__(self, row: Item) -> None:
        super().__init__(row["eventType"])
        self.event = from_row(row, repeated=True)


def record(event: Event, *actions: Action) -> Event:
    """Record the event together with the change it describes; return the earlier event if there is one.

    Raises:
        Exception: whatever `transaction.transact` raises.
    """
    try:
        transact([put(event), *actions])
    except AlreadyRecorded as earlier:
        return earlier.event
    return event


def history(saga_id: str) -> History:
    """Read all events of the saga, oldest first."""
    query = dynamodb.request(tables.events(), query=f"#{ID} = :id", id=saga_id)
    # Steps decide by what they read here, so the read must be consistent.
    pages = dynamodb.client.get_paginator("query").paginate(**query, ConsistentRead=True)
    events = [from_row(dynamodb.from_wire(row)) for page in pages for row in page["Items"]]
    return History(saga_id, tuple(sorted(events, key=lambda event: event.at)))


def put(event: Event) -> Action:
    """Return the action that inserts the event's row; it must not exist yet."""
    return action("Put", tables.events(), _earlier, Rank.OWN_ROW, item=to_row(event), condition=ABSENT)


def require_event(event: Event, event_type: str, error: Exception) -> Action:
    """Require an earlier event; otherwise `error`, or TransientError if that event is not earlier than this one."""

    def refusal(row: Item | None) -> Exception:
        return TransientError(f"{event_type} happened just now") if row else error

    condition = f"attribute_exists(#{ID}) AND #at < :before"
    return _check(event, event_type, refusal, condition=condition, before=event.at)


def require_no_event(event: Event, event_type: str, error: Exception) -> Action:
    """Require that another event is not on record; otherwise `error`."""
    return _check(event, event_type, lambda _: error, condition=ABSENT)


def exclusive_with(event: Event, event_type: str) -> Action:
    """Require that the opposite outcome is not on record; otherwise that outcome is the result."""
    return _check(event, event_type, _earlier, Rank.OWN_ROW, condition=ABSENT)


def _check(event: Event, event_type: str, refusal: Refusal, rank: Rank = Rank.RULE, **rest: Any) -> Action:  # noqa: ANN401
    key = {ID: event.saga_id, "eventType": event_type}
    return action("ConditionCheck", tables.events(), refusal, rank, key=key, **rest)


def _earlier(row: Item | None) -> Exception:
    return AlreadyRecorded(row) if row else LookupError("the condition failed but returned no row")
