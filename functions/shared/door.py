"""The one door: what the order row allows a step to do.

Forward steps go through while the order is PENDING, compensations while it is CANCELLING. The decision itself moves the
status, so a step that wakes up late finds the door closed. What a step tells, it tells of a time after that decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared import dynamodb, tables
from shared.errors import OrderCancelled, OrderNotCancelling, TransientError, UnknownOrder
from shared.transaction import Action, Rank, action

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.dynamodb import Item

PENDING = "PENDING"
CONFIRMED = "CONFIRMED"
CANCELLING = "CANCELLING"
FAILED = "FAILED"


def pending(order_id: str, at: int) -> Action:
    """Check that the order is PENDING; else OrderCancelled. `at` is the time of the step's event."""
    return _check(order_id, PENDING, at, OrderCancelled)


def cancelling(order_id: str, at: int) -> Action:
    """Check that the order is CANCELLING; else OrderNotCancelling. `at` is the time of the step's event.

    TransientError, if it was decided after `at`: the step read the history before.
    """
    return _check(order_id, CANCELLING, at, OrderNotCancelling)


def read(order_id: str) -> Item:
    """Read the order row as it is now.

    Raises:
        UnknownOrder: there is none.
    """
    answer = dynamodb.client.get_item(
        TableName=tables.orders(),
        Key=dynamodb.to_wire({"orderId": order_id}),
        ConsistentRead=True,  # a decision just made must be seen
    )
    if "Item" not in answer:
        raise UnknownOrder(order_id)
    return dynamodb.from_wire(answer["Item"])


def _check(order_id: str, status: str, at: int, error: Callable[[str], Exception]) -> Action:
    def refusal(order: Item | None) -> Exception:
        if order is None:
            return UnknownOrder(order_id)
        late = order["status"] == status
        return TransientError("it was decided just now") if late else error(f"the order is {order['status']}")

    return action(
        "ConditionCheck",
        Rank.DOOR,
        refusal,
        {
            "TableName": tables.orders(),
            "Key": dynamodb.to_wire({"orderId": order_id}),
            "ConditionExpression": "#status = :status AND #updatedAt < :at",
            "ExpressionAttributeNames": {"#status": "status", "#updatedAt": "updatedAt"},
            "ExpressionAttributeValues": dynamodb.to_wire({":status": status, ":at": at}),
        },
    )
