"""The event log. One transaction writes an event together with the change it describes."""

from collections.abc import Callable
from contextlib import suppress

from sagakit import dynamodb, tables
from sagakit.dynamodb import Item
from sagakit.errors import Overtaken, TransientError
from sagakit.event import ID, Event, History, from_row, to_row
from sagakit.transaction import Action, Rank, action, transact

ABSENT = f"attribute_not_exists(#{ID})"
OVERTAKEN_AT_MOST = 10  # what a saga records at the same time is far less, so more would be a defect


class AlreadyRecorded(Exception):
    """The event is already on record."""

    def __init__(self, row: Item) -> None:
        super().__init__(row["eventType"])
        self.event = from_row(row, repeated=True)


def decide[T](saga_id: str, decision: Callable[[History], T]) -> T:
    """Decide by the saga's history. If another event is recorded meanwhile, decide again, by what the history is then.

    Raises:
        TransientError: events kept being recorded meanwhile.
    """
    for _ in range(OVERTAKEN_AT_MOST):
        with suppress(Overtaken):
            return decision(history(saga_id))
    raise TransientError("one event after the other was recorded meanwhile")


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
    """Read all events of the saga, oldest first.

    A query is no snapshot: while events are being recorded, it may find one and miss its predecessor.

    Raises:
        TransientError: that kept happening.
    """
    for _ in range(OVERTAKEN_AT_MOST):
        if (found := _read(saga_id)).is_whole:
            return found
    raise TransientError("the history was read in part, again and again")


def _read(saga_id: str) -> History:
    query = dynamodb.request(tables.events(), query=f"#{ID} = :id", id=saga_id)
    # Steps decide by what they read here, so the read must be consistent.
    pages = dynamodb.client.get_paginator("query").paginate(**query, ConsistentRead=True)
    events = [from_row(dynamodb.from_wire(row)) for page in pages for row in page["Items"]]
    return History(saga_id, tuple(sorted(events, key=lambda event: event.at)))


def put(event: Event) -> Action:
    """Return the action that inserts the event's row; it must not exist yet."""
    return action("Put", tables.events(), _earlier, Rank.OWN_ROW, item=to_row(event), condition=ABSENT)


def _earlier(row: Item | None) -> Exception:
    return AlreadyRecorded(row) if row else LookupError("the condition failed but returned no row")
