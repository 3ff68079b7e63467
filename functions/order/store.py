"""Placing an order: its row and the event that starts its saga, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order.domain import PLACED, Order
from order.row import listed, milliseconds
from outbox import store as outbox
from outbox.event import Event, shard
from shared import clock, door, dynamodb, tables
from shared.transaction import Action, Rank, action, transact

if TYPE_CHECKING:
    from shared.dynamodb import Item


class AlreadyPlaced(Exception):
    """There is an order with this id."""

    def __init__(self, row: Item) -> None:
        super().__init__(row["orderId"])
        self.row = row


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
    lines = [_list(line.product_id, order_id, now) for line in order.lines]
    transact([_insert(_row(order_id, order, now)), outbox.put(placed), *lines])


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
        "shard": shard(order_id),
        **listed("byStatus", order_id, door.PENDING),
        "dueAt": now + milliseconds("ORDER_DEADLINE_SECONDS"),
    }


def _list(product_id: str, order_id: str, now: int) -> Action:
    """Let the orders of a product be found, newest first; nothing decides by this row."""
    row = {"productId": product_id, "line": f"{now:015d}#{order_id}", "orderId": order_id}
    request = {"TableName": tables.order_lines(), "Item": dynamodb.to_wire(row)}
    return action("Put", Rank.DEFECT, lambda _: LookupError("a put without a condition was refused"), request)


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
