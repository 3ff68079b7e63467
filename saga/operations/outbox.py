"""The outbox: events that stand undispatched, and dispatching events again."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from saga import rows
from saga.clock import iso
from saga.failure import Failure, NoSuchOrder
from saga.stack import Stack

_SET_ASIDE = "set aside"  # the shard of events that the sweeper has given up
_PARTITIONS = (*rows.SHARDS, _SET_ASIDE)


@dataclass(frozen=True)
class OutboxEvent:
    """An event row. `at` in milliseconds since the epoch; `undispatched` is false once it was crossed off.

    `attempts` counts those of the sweeper, and `set_aside` says that it has given up.
    """

    order_id: str
    type: str
    event_id: str
    at: int
    starts_saga: bool
    undispatched: bool
    attempts: int
    set_aside: bool

    @property
    def json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "orderId": self.order_id,
            "type": self.type,
            "eventId": self.event_id,
            "at": iso(self.at),
            "startsSaga": self.starts_saga,
            "undispatched": self.undispatched,
            "attempts": self.attempts,
            "setAside": self.set_aside,
        }


def undispatched(stack: Stack, since: int | None = None, until: int | None = None) -> list[OutboxEvent]:
    """Events not crossed off yet, oldest first, those set aside among them; times in ms since the epoch, inclusive."""
    found = rows.indexed(stack, rows.UNDISPATCHED, _PARTITIONS, since, until)
    keys = [{"orderId": key["orderId"], "eventType": key["eventType"]} for key in found]
    events = map(_of_row, rows.rows(stack, "EventsTable", keys))  # the index lags behind its table
    return _sorted(event for event in events if event.undispatched)


def oldest(stack: Stack) -> int | None:
    """Time of the oldest undispatched event, in ms since the epoch; None when the outbox is empty."""
    firsts = [rows.first(stack, rows.UNDISPATCHED, partition) for partition in _PARTITIONS]
    return min((row["at"] for row in firsts if row), default=None)


def events_of(stack: Stack, order_id: str) -> list[OutboxEvent]:
    """All events of an order, oldest first. Raises NoSuchOrder."""
    events = _sorted(map(_of_row, rows.of_order(stack, "EventsTable", order_id)))
    if not events:
        raise NoSuchOrder(f"there is no order {order_id}")
    return events


def events_since(stack: Stack, since: int, until: int | None = None) -> Iterator[OutboxEvent]:
    """All events of the orders placed in that time (ms since the epoch, inclusive), order by order, oldest first."""
    placed = rows.indexed(stack, rows.PLACED, rows.SHARDS, since, until)
    for order in sorted(placed, key=lambda row: (row["createdAt"], row["orderId"])):
        yield from events_of(stack, order["orderId"])


def dispatch(stack: Stack, order_id: str, event_type: str) -> None:
    """Has the relay dispatch the event now, as if it came from the table's stream.

    Done before, it changes nothing: the execution of its name exists, and consumers know its id. Raises Failure when
    the relay could not.
    """
    event = json.dumps({"Records": [_record(stack, order_id, event_type)]})
    answer = stack.session.client("lambda").invoke(FunctionName=f"{stack.name}-RelayOutbox", Payload=event)
    result = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise Failure(f"the relay failed: {result.get('errorType')}: {result.get('errorMessage')}")
    if result["batchItemFailures"]:
        raise Failure(f"the relay could not dispatch {event_type} of {order_id}; its log says why")


def _record(stack: Stack, order_id: str, event_type: str) -> dict[str, Any]:
    """What the stream would tell of the row as it is now."""
    key = rows.wire({"orderId": order_id, "eventType": event_type})
    answer = rows.client(stack.session).get_item(TableName=stack.outputs["EventsTable"], Key=key, ConsistentRead=True)
    if "Item" not in answer:
        raise NoSuchOrder(f"there is no {event_type} of an order {order_id}")
    change = {"Keys": key, "NewImage": answer["Item"], "SequenceNumber": "1", "StreamViewType": "NEW_IMAGE"}
    return {"eventID": "1", "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}


def _sorted(events: Iterable[OutboxEvent]) -> list[OutboxEvent]:
    return sorted(events, key=lambda event: (event.at, event.event_id))


def _of_row(row: rows.Item) -> OutboxEvent:
    return OutboxEvent(
        order_id=row["orderId"],
        type=row["eventType"],
        event_id=row["eventId"],
        at=row["at"],
        starts_saga=row["startsSaga"],
        undispatched="undispatched" in row,
        attempts=row.get("attempts", 0),
        set_aside=row.get("undispatched") == _SET_ASIDE,
    )
