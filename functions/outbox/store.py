"""The outbox table: rows go in with the change they tell of, in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outbox.event import Event, History, of_row, to_row
from shared import dynamodb, tables
from shared.errors import TransientError
from shared.transaction import Action, Rank, action, transact

if TYPE_CHECKING:
    from shared.dynamodb import Item
    from shared.transaction import Refusal


class AlreadyRecorded(Exception):
    """The event stands already."""

    def __init__(self, row: Item) -> None:
        super().__init__(row["eventType"])
        self.event = of_row(row, repeated=True)


def record(event: Event, *actions: Action) -> Event:
    """Put the event together with the change it tells of; done before, give the earlier event.

    Raises:
        Exception: as `shared.transaction.transact`.
    """
    try:
        transact([put(event), *actions])
    except AlreadyRecorded as earlier:
        return earlier.event
    return event


def history(order_id: str) -> History:
    """Read all events of the order, oldest first."""
    pages = dynamodb.client.get_paginator("query").paginate(
        TableName=tables.events(),
        KeyConditionExpression="#orderId = :orderId",
        ExpressionAttributeNames={"#orderId": "orderId"},
        ExpressionAttributeValues=dynamodb.to_wire({":orderId": order_id}),
        ConsistentRead=True,  # a step decides by what it reads here
    )
    events = [of_row(dynamodb.from_wire(row)) for page in pages for row in page["Items"]]
    return History(tuple(sorted(events, key=lambda event: event.at)))


def present(order_id: str, event_type: str, error: Exception, *, before: int | None = None) -> Action:
    """Check that the event has happened; else `error`. With `before`, what rests on it must also be later."""

    def refusal(row: Item | None) -> Exception:
        return TransientError(f"{event_type} happened just now") if row else error

    condition = "attribute_exists(#orderId)"
    if before is None:
        return _check(order_id, event_type, condition, refusal)
    return _check(order_id, event_type, f"{condition} AND #at < :before", refusal, before=before)


def absent(order_id: str, event_type: str, error: Exception) -> Action:
    """Check that the event has not happened; else `error`."""
    return _check(order_id, event_type, "attribute_not_exists(#orderId)", lambda _: error)


def unless(order_id: str, event_type: str) -> Action:
    """Check that the opposite outcome is not on record; else that outcome is the answer."""
    return _check(order_id, event_type, "attribute_not_exists(#orderId)", _earlier, Rank.OWN_ROW)


def put(event: Event) -> Action:
    """Put the event's row, which must not be there yet."""
    return action(
        "Put",
        Rank.OWN_ROW,
        _earlier,
        {
            "TableName": tables.events(),
            "Item": dynamodb.to_wire(to_row(event)),
            "ConditionExpression": "attribute_not_exists(#orderId)",
            "ExpressionAttributeNames": {"#orderId": "orderId"},
        },
    )


def _earlier(row: Item | None) -> Exception:
    return AlreadyRecorded(row) if row else LookupError("the condition failed but showed no row")


def _check(
    order_id: str,
    event_type: str,
    condition: str,
    refusal: Refusal,
    rank: Rank = Rank.RULE,
    *,
    before: int | None = None,
) -> Action:
    request: dict[str, Any] = {
        "TableName": tables.events(),
        "Key": dynamodb.to_wire({"orderId": order_id, "eventType": event_type}),
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#orderId": "orderId"},
    }
    if before is not None:
        request["ExpressionAttributeNames"]["#at"] = "at"
        request["ExpressionAttributeValues"] = dynamodb.to_wire({":before": before})
    return action("ConditionCheck", rank, refusal, request)
