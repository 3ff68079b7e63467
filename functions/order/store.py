"""The order row, the decision record of the saga: PENDING → CONFIRMED, or PENDING → CANCELLING → FAILED."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from order.domain import (
    CANCELLING,
    COMPENSATIONS,
    CONFIRMED,
    FAILED,
    PARKED,
    PLACED,
    STEPS,
    Order,
    Reason,
    not_undone,
)
from outbox import store as outbox
from outbox.event import Event, shard
from shared import clock, door, dynamodb, tables
from shared.errors import (
    CompensationIncomplete,
    OrderAlreadyConfirmed,
    OrderCancelled,
    OrderNotCancelling,
    UnknownOrder,
)
from shared.transaction import Action, Rank, action, transact

if TYPE_CHECKING:
    from outbox.event import History
    from shared.dynamodb import Item
    from shared.transaction import Refusal


class AlreadyPlaced(Exception):
    """There is an order with this id."""

    def __init__(self, row: Item) -> None:
        super().__init__(row["orderId"])
        self.row = row


class NotUndone(Exception):
    """A compensation is not on record."""


def place(order_id: str, order: Order) -> None:
    """Store the order and the event that starts its saga, both or neither.

    Raises:
        AlreadyPlaced: the id is taken; the row decides what that means.
    """
    now = clock.now()
    detail = {
        "items": [{"productId": line.product_id, "quantity": line.quantity} for line in order.lines],
        "totalAmount": order.total,
    }
    # The order row comes first in rank: an order is never placed half.
    placed = Event(order_id, PLACED, now, detail, starts_saga=True)
    transact([_insert(_row(order_id, order, now)), outbox.put(placed)])


def confirm(order_id: str) -> Event:
    """Pass the pivot: PENDING → CONFIRMED, if every step is on record.

    Raises:
        OrderCancelled: the cancellation won.
    """
    history = outbox.history(order_id)
    return outbox.record(
        Event(order_id, CONFIRMED, clock.after(history.last_at)),
        _decide(order_id, door.PENDING, door.CONFIRMED, " REMOVE #open, #dueAt"),
        *[outbox.present(order_id, step, LookupError(f"no {step} on record")) for step in STEPS],
    )


def cancel(order_id: str, why: Reason, *, starts_saga: bool = False) -> Event:
    """Close the door: PENDING → CANCELLING. Done before, the first reason stands.

    Raises:
        OrderAlreadyConfirmed: the pivot was passed.
    """
    history = outbox.history(order_id)
    now = clock.after(history.last_at)
    detail = {"reason": why.code, "cause": why.cause}
    return outbox.record(
        Event(order_id, CANCELLING, now, detail, starts_saga),
        _decide(
            order_id,
            door.PENDING,
            door.CANCELLING,
            ", #reason = :reason, #dueAt = :dueAt",
            {"reason": detail, "dueAt": now + _milliseconds("COMPENSATION_DEADLINE_SECONDS")},
        ),
    )


def fail(order_id: str, failures: Item) -> Event:
    """End a cancelled order: CANCELLING → FAILED, if every compensation is on record; else park it.

    Raises:
        CompensationIncomplete: something is not undone; the order is parked.
        OrderNotCancelling: nobody decided to cancel the order.
    """
    history = outbox.history(order_id)
    order = door.read(order_id)
    try:
        return outbox.record(
            Event(order_id, FAILED, clock.after(history.last_at), order.get("reason", {})),
            _decide(order_id, door.CANCELLING, door.FAILED, " REMOVE #open, #dueAt, #parked"),
            *[outbox.present(order_id, undone, NotUndone(undone)) for undone in COMPENSATIONS],
        )
    except NotUndone as missing:
        _park(order, history, failures)
        raise CompensationIncomplete(f"no {missing} on record") from missing


def _park(order: Item, history: History, failures: Item) -> None:
    """Mark the order row, as often as it takes: an order resumed may be parked again."""
    if "parked" in order:
        return
    now = clock.after(history.last_at)
    events = [event.type for event in history]
    parked = {
        "at": now,
        "notUndone": not_undone(events),
        "undone": [each for each in COMPENSATIONS if each in events],
        "failures": failures,
    }
    outbox.record(
        Event(order["orderId"], f"{PARKED}#{history.count(PARKED) + 1}", now, parked),
        _decide(
            order["orderId"],
            door.CANCELLING,
            door.CANCELLING,
            ", #parked = :parked REMOVE #open, #dueAt",
            {"parked": parked},
        ),
    )


def _row(order_id: str, order: Order, now: int) -> Item:
    return {
        "orderId": order_id,
        "status": door.PENDING,
        "customerId": order.customer_id,
        "items": [
            {"productId": line.product_id, "quantity": line.quantity, "unitPrice": line.unit_price}
            for line in order.lines
        ],
        "totalAmount": order.total,
        "paymentToken": order.payment_token,
        "fingerprint": order.fingerprint,
        "createdAt": now,
        "updatedAt": now,
        "open": shard(order_id),
        "dueAt": now + _milliseconds("ORDER_DEADLINE_SECONDS"),
    }


def _insert(row: Item) -> Action:
    def refusal(existing: Item | None) -> Exception:
        return AlreadyPlaced(existing) if existing else LookupError("the condition failed but showed no row")

    return action(
        "Put",
        Rank.OWN_ROW,
        refusal,
        {
            "TableName": tables.orders(),
            "Item": dynamodb.to_wire(row),
            "ConditionExpression": "attribute_not_exists(#orderId)",
            "ExpressionAttributeNames": {"#orderId": "orderId"},
        },
    )


def _decide(order_id: str, before: str, after: str, more: str = "", values: dict[str, Any] | None = None) -> Action:
    """Move the status, the one write that decides; `more` goes on with the update's SET clause."""
    names = ["status", "updatedAt", *[word.strip(",#") for word in more.split() if word.startswith("#")]]
    settings = {"before": before, "after": after, "now": clock.now(), **(values or {})}
    return action(
        "Update",
        Rank.DOOR,
        _refusal(order_id, before),
        {
            "TableName": tables.orders(),
            "Key": dynamodb.to_wire({"orderId": order_id}),
            "UpdateExpression": f"SET #status = :after, #updatedAt = :now{more}",
            "ConditionExpression": "#status = :before",
            "ExpressionAttributeNames": {f"#{name}": name for name in names},
            "ExpressionAttributeValues": dynamodb.to_wire({f":{name}": value for name, value in settings.items()}),
        },
    )


def _refusal(order_id: str, expected: str) -> Refusal:
    def refusal(order: Item | None) -> Exception:
        match order, expected:
            case None, _:
                return UnknownOrder(order_id)
            case {"status": door.CONFIRMED}, door.PENDING:
                return OrderAlreadyConfirmed(order_id)
            case {"status": status}, door.PENDING:
                return OrderCancelled(f"the order is {status}")
            case {"status": status}, _:
                return OrderNotCancelling(f"the order is {status}")
            case _:
                return LookupError(f"the row of {order_id} has no status")

    return refusal


def _milliseconds(setting: str) -> int:
    return int(os.environ[setting]) * 1000
