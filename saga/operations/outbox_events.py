"""The outbox: events that were set aside, and publishing events again."""

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


@dataclass(frozen=True)
class OutboxEvent:
    """A recorded event. `at` is ms since the epoch.

    `set_aside` says that the relay cannot read it, or that the bus will never take it. Every sweep tries it again.
    """

    order_id: str
    type: str
    event_id: str
    at: int
    starts_saga: bool
    set_aside: bool

    @classmethod
    def from_row(cls, row: tables.Item) -> Self:
        """Read a row of the events table; one that was set aside may lack anything but its key and its time."""
        key, starts_saga = (row["orderId"], row["eventType"]), bool(row.get("startsSaga"))
        return cls(*key, row.get("eventId", "-".join(key)), row["at"], starts_saga, _is_set_aside(row))

    @property
    def json(self) -> dict[str, Any]:
        """The event for programs."""
        return {
            "orderId": self.order_id,
            "type": self.type,
            "eventId": self.event_id,
            "at": iso(self.at),
            "startsSaga": self.starts_saga,
            "setAside": self.set_aside,
        }


def all_set_aside(stack: Stack, until: int | None = None) -> list[OutboxEvent]:
    """Return the events that are set aside, oldest first; only those recorded by `until`, in ms since the epoch."""
    return _sorted(
        filter(_is_set_aside, tables.indexed_rows(stack, tables.UNDISPATCHED, [tables.SET_ASIDE], until=until))
    )


def oldest(stack: Stack) -> int | None:
    """Return the time of the oldest event that is set aside, in ms since the epoch; None if there is none."""
    return tables.earliest(stack, tables.UNDISPATCHED, [tables.SET_ASIDE])


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
    """Have the relay start the event's saga, if it starts one, and publish the event, unless a sweep has done it.

    Doing it twice is harmless: the execution of that name exists, and consumers know the event's ID.

    Raises:
        NoSuchOrder: the order has no such event.
        Failure: the relay could not do it; the event stays set aside.
    """
    row = tables.row(stack, "EventsTable", key := {"orderId": order_id, "eventType": event_type})
    if row is None:
        raise NoSuchOrder(f"no such event in stack {stack.name}: {event_type} of order {order_id!r}")
    if not _is_set_aside(row):
        return
    if row.get("startsSaga") and _invoke(stack, "StartSagas", [row])["batchItemFailures"]:
        raise Failure(f"the relay could not start the saga of {event_type} of order {order_id}; see its log")
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


def _is_set_aside(row: tables.Item) -> bool:
    return row.get("undispatched") == tables.SET_ASIDE


def _sorted(rows: Iterable[tables.Item]) -> list[OutboxEvent]:
    return sorted(map(OutboxEvent.from_row, rows), key=lambda event: (event.at, event.event_id))
