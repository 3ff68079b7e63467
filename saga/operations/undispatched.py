"""The outbox: list undispatched events, and dispatch events again."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from saga.failures import Failure, NoSuchOrder
from saga.stack import tables
from saga.stack.stack import Stack
from saga.text.safe import error_text
from saga.text.times import iso

_QUARANTINED = "set aside"  # the partition of events that the sweeper has given up on
_PARTITIONS = (*tables.SHARDS, _QUARANTINED)


@dataclass(frozen=True)
class OutboxEvent:
    """A recorded event. `at` is ms since the epoch; `attempts` counts those of the sweeper.

    `quarantined` says that the sweeper has given up and waits for an operator.
    """

    order_id: str
    type: str
    event_id: str
    at: int
    starts_saga: bool
    undispatched: bool
    attempts: int
    quarantined: bool

    @classmethod
    def from_row(cls, row: tables.Item) -> Self:
        """Read a row of the events table."""
        outbox = "undispatched" in row, row.get("attempts", 0), row.get("undispatched") == _QUARANTINED
        return cls(row["orderId"], row["eventType"], row["eventId"], row["at"], row["startsSaga"], *outbox)

    @property
    def json(self) -> dict[str, Any]:
        """The event for programs."""
        return {
            "orderId": self.order_id,
            "type": self.type,
            "eventId": self.event_id,
            "at": iso(self.at),
            "startsSaga": self.starts_saga,
            "undispatched": self.undispatched,
            "attempts": self.attempts,
            "setAside": self.quarantined,
        }


def undispatched(stack: Stack, since: int | None = None, until: int | None = None) -> list[OutboxEvent]:
    """Return undispatched events, oldest first, quarantined ones included; times in ms since the epoch, inclusive."""
    rows = tables.indexed_rows(stack, tables.UNDISPATCHED, _PARTITIONS, since, until)
    return _sorted(row for row in rows if "undispatched" in row)


def oldest(stack: Stack) -> int | None:
    """Return the time of the oldest undispatched event in ms since the epoch; None if the outbox is empty."""
    firsts = (next(tables.query(stack, tables.UNDISPATCHED, each, Limit=1), None) for each in _PARTITIONS)
    return min((entry["at"] for entry in firsts if entry), default=None)


def events_of(stack: Stack, order_id: str) -> list[OutboxEvent]:
    """Return all events of an order, oldest first.

    Raises:
        NoSuchOrder: no order has this ID.
    """
    events = _sorted(tables.event_rows(stack, order_id))
    if not events:
        raise tables.no_such_order(stack, order_id)
    return events


def events_since(stack: Stack, since: int, until: int | None = None) -> Iterator[OutboxEvent]:
    """Yield all events of the orders placed in a period (ms since the epoch, inclusive), order by order."""
    placed = tables.indexed_rows(stack, tables.PLACED, tables.SHARDS, since, until)
    for order in sorted(placed, key=lambda row: (row["createdAt"], row["orderId"])):
        yield from events_of(stack, order["orderId"])


def dispatch(stack: Stack, order_id: str, event_type: str) -> None:
    """Have the relay dispatch the event now, as if it came from the table's stream.

    Dispatching twice is harmless: the execution of that name exists, and consumers know the event's ID.

    Raises:
        NoSuchOrder: the order has no such event.
        Failure: the relay could not dispatch it.
    """
    payload = json.dumps({"Records": [_stream_record(stack, order_id, event_type)]})
    response = stack.session.client("lambda").invoke(FunctionName=f"{stack.name}-RelayOutbox", Payload=payload)
    result = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        raise Failure(f"the relay failed: {error_text(result.get('errorType'), result.get('errorMessage'))}")
    if result["batchItemFailures"]:
        raise Failure(f"the relay could not dispatch {event_type} of order {order_id}; see its log")


def _stream_record(stack: Stack, order_id: str, event_type: str) -> dict[str, Any]:
    """Return the record of the stream for the row as it is now."""
    key = tables.wire({"orderId": order_id, "eventType": event_type})
    response = tables.client(stack.session).get_item(
        TableName=stack.outputs["EventsTable"], Key=key, ConsistentRead=True
    )
    if "Item" not in response:
        raise NoSuchOrder(f"no such event in stack {stack.name}: {event_type} of order {order_id!r}")
    change = {"Keys": key, "NewImage": response["Item"], "SequenceNumber": "1", "StreamViewType": "NEW_IMAGE"}
    return {"eventID": "1", "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}


def _sorted(rows: Iterable[tables.Item]) -> list[OutboxEvent]:
    return sorted(map(OutboxEvent.from_row, rows), key=lambda event: (event.at, event.event_id))
