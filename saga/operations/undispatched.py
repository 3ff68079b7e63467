"""The outbox: events whose saga has not been started, or that were set aside; and publishing events again."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from saga.failures import Failure, NoSuchOrder
from saga.http import Json
from saga.stack import tables
from saga.stack.invocation import invoke
from saga.stack.stack import Stack
from saga.text.safe import error_text
from saga.text.times import iso

BATCH_SIZE = 100  # events that are published together, as many as the stream passes at once
_QUARANTINED = "set aside"  # the partition of events that must not block others; the sweeper tries them every minute
_PARTITIONS = (*tables.SHARDS, _QUARANTINED)


@dataclass(frozen=True)
class OutboxEvent:
    """A recorded event. `at` is ms since the epoch; `attempts` counts those to start its saga that the sweeper gave up.

    `undispatched` says that its saga has not been started, or that it is `quarantined`: set aside, because it cannot be
    published, or because its saga cannot be started although others can.
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
        """Read a row of the events table; one that was set aside may lack anything but its key and its time."""
        outbox = "undispatched" in row, row.get("attempts", 0), row.get("undispatched") == _QUARANTINED
        key, starts_saga = (row["orderId"], row["eventType"]), bool(row.get("startsSaga"))
        return cls(*key, row.get("eventId", "-".join(key)), row["at"], starts_saga, *outbox)

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


def recorded(stack: Stack, since: int, until: int | None = None) -> list[OutboxEvent]:
    """Return all events recorded in a period (ms since the epoch, inclusive), oldest first. Reads the whole table."""
    bounds = {":since": since, ":until": tables.END_OF_TIME if until is None else until}
    condition = {"FilterExpression": "#at BETWEEN :since AND :until", "ExpressionAttributeNames": {"#at": "at"}}
    values = {"ExpressionAttributeValues": tables.wire(bounds)}
    return _sorted(tables.everything(stack, "EventsTable", **condition, **values))


def events_of(stack: Stack, order_id: str) -> list[OutboxEvent]:
    """Return all events of an order, oldest first.

    Raises:
        NoSuchOrder: no order has this ID.
    """
    events = _sorted(tables.event_rows(stack, order_id))
    if not events:
        raise tables.no_such_order(stack, order_id)
    return events


def publish(stack: Stack, events: Sequence[OutboxEvent], *, counted: bool = True) -> int:
    """Have the relay publish these events again and return their number, or raise Failure if it could not.

    With `counted`, they have been counted before.
    """
    keys = [{"orderId": each.order_id, "eventType": each.type} for each in events]
    rows = tables.rows(stack, "EventsTable", keys)
    return int(_invoke(stack, "PublishEvents", sorted(rows, key=lambda row: row["at"]), again=counted)["published"])


def dispatch(stack: Stack, order_id: str, event_type: str) -> None:
    """Have the relay start the event's saga now. If the event was set aside, publish it as well.

    Doing it twice is harmless: the execution of that name exists, and consumers know the event's ID.

    Raises:
        NoSuchOrder: the order has no such event.
        Failure: the relay could not do it; the event stays as it was.
    """
    row = tables.row(stack, "EventsTable", key := {"orderId": order_id, "eventType": event_type})
    if row is None:
        raise NoSuchOrder(f"no such event in stack {stack.name}: {event_type} of order {order_id!r}")
    if row.get("startsSaga") and _invoke(stack, "StartSagas", [row])["batchItemFailures"]:
        raise Failure(f"the relay could not start the saga of {event_type} of order {order_id}; see its log")
    if row.get("undispatched") == _QUARANTINED:
        if not _invoke(stack, "PublishEvents", [row], again=True)["published"]:
            raise Failure(f"{event_type} of order {order_id} cannot be published; it stays set aside")
        table = stack.session.resource("dynamodb").Table(stack.outputs["EventsTable"])
        table.update_item(Key=key, AttributeUpdates={"undispatched": {"Action": "DELETE"}})


def _invoke(stack: Stack, function: str, rows: Iterable[tables.Item], **settings: bool) -> Json:
    """Pass rows to one of the relay's functions, as if they came from the table's stream."""
    payload = json.dumps({"Records": [_record(str(number), row) for number, row in enumerate(rows)], **settings})
    response = invoke(stack, f"{stack.name}-{function}", payload)
    result = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        raise Failure(f"{function} failed: {error_text(result.get('errorType'), result.get('errorMessage'))}")
    return result


def _record(number: str, row: tables.Item) -> dict[str, Any]:
    change = {"NewImage": tables.wire(row), "SequenceNumber": number}
    return {"eventID": number, "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}


def _sorted(rows: Iterable[tables.Item]) -> list[OutboxEvent]:
    return sorted(map(OutboxEvent.from_row, rows), key=lambda event: (event.at, event.event_id))
