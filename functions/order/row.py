"""The order row, the decision record of the saga: PENDING → CONFIRMED, or PENDING → CANCELLING → FAILED."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from outbox.event import shard
from shared import door, dynamodb, tables
from shared.errors import OrderAlreadyConfirmed, OrderCancelled, OrderNotCancelling, TransientError, UnknownOrder
from shared.transaction import Action, Rank, action

if TYPE_CHECKING:
    from outbox.event import Event
    from shared.dynamodb import Item
    from shared.transaction import Refusal


def decide(
    event: Event,
    before: str,
    after: str,
    *,
    settings: dict[str, Any] | None = None,
    removed: tuple[str, ...] = (),
    condition: str = "",
) -> Action:
    """Move the status, the one write that decides, and with it what `settings` and `removed` say.

    `event` tells of it, and later than of all that was decided before. `condition` is added; it may name what
    `settings` and `removed` name.
    """
    settings = {"status": after, **listed("byStatus", event.order_id, after), "updatedAt": event.at, **(settings or {})}
    update = "SET " + ", ".join(f"#{name} = :{name}" for name in settings)
    if removed:
        update += " REMOVE " + ", ".join(f"#{name}" for name in removed)
    values = {**settings, "before": before}
    return action(
        "Update",
        Rank.DOOR,
        _refusal(event, before),
        {
            "TableName": tables.orders(),
            "Key": dynamodb.to_wire({"orderId": event.order_id}),
            "UpdateExpression": update,
            "ConditionExpression": f"#status = :before AND #updatedAt < :updatedAt{condition}",
            "ExpressionAttributeNames": {f"#{name}": name for name in (*settings, *removed)},
            "ExpressionAttributeValues": dynamodb.to_wire({f":{name}": value for name, value in values.items()}),
        },
    )


def listed(index: str, order_id: str, value: str) -> Item:
    """Give the attribute by which an index lists the order under a value, spread over the shards."""
    return {index: f"{value}#{shard(order_id)}"}


def milliseconds(setting: str) -> int:
    """Read a setting in seconds from the environment."""
    return int(os.environ[setting]) * 1000


def _refusal(event: Event, expected: str) -> Refusal:
    def refusal(order: Item | None) -> Exception:
        match order, expected:
            case None, _:
                return UnknownOrder(event.order_id)
            case {"status": status, "updatedAt": last}, _ if status == expected and last >= event.at:
                return TransientError("another decision on the order was made just now")
            case {"status": door.CONFIRMED}, door.PENDING:
                return OrderAlreadyConfirmed(event.order_id)
            case {"status": status}, door.PENDING:
                return OrderCancelled(f"the order is {status}")
            case {"status": status}, _:
                return OrderNotCancelling(f"the order is {status}")
            case _:
                return LookupError(f"the row of {event.order_id} has no status")

    return refusal
