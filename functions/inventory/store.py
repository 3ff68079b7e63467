"""Reserve and release: the stock and the event that tells of it change in one transaction.

Invariant of the pair: for every product, available + held by live or confirmed orders = what was stocked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.domain import REJECTED, RELEASED, RESERVED, Line, detail, lines
from outbox import store as outbox
from outbox.event import Event
from shared import clock, door, dynamodb, tables
from shared.errors import InsufficientStock, TransientError
from shared.transaction import Action, Rank, action

if TYPE_CHECKING:
    from outbox.event import History
    from shared.dynamodb import Item
    from shared.transaction import Refusal


def reserve(order_id: str) -> Event:
    """Take what the order wants off the shelf, all of it or nothing.

    Raises:
        InsufficientStock: a product is short; that answer is recorded and stays.
        OrderCancelled: the order is not PENDING any more.
    """
    history = outbox.history(order_id)
    wanted = lines(history["OrderPlaced"].detail)
    try:
        reserved = _record_reserved(order_id, history, wanted)
    except InsufficientStock as short:
        return _reject(order_id, history, str(short))
    return _answer(reserved)


def release(order_id: str) -> Event:
    """Put back what the order holds; nothing, where it holds nothing.

    Raises:
        OrderNotCancelling: nobody decided to cancel the order.
    """
    history = outbox.history(order_id)
    reserved = history.find(RESERVED)
    held = lines(reserved.detail) if reserved else ()
    released = Event(order_id, RELEASED, clock.after(history.last_at), detail(held))
    return outbox.record(
        released,
        door.cancelling(order_id, released.at),
        _as_read(order_id, reserved),
        *[_give_back(line) for line in held],
    )


def _record_reserved(order_id: str, history: History, wanted: tuple[Line, ...]) -> Event:
    reserved = Event(order_id, RESERVED, clock.after(history.last_at), detail(wanted))
    return outbox.record(
        reserved,
        outbox.unless(order_id, REJECTED),
        door.pending(order_id, reserved.at),
        *[_take(line) for line in wanted],
    )


def _reject(order_id: str, history: History, cause: str) -> Event:
    rejected = Event(order_id, REJECTED, clock.after(history.last_at), {"cause": cause})
    settled = outbox.record(rejected, outbox.unless(order_id, RESERVED), door.pending(order_id, rejected.at))
    return _answer(settled)


def _answer(event: Event) -> Event:
    """Give the reservation, or the refusal that stands in its place; a twin may have settled which."""
    if event.type == REJECTED:
        raise InsufficientStock(event.detail["cause"])
    return event


def _as_read(order_id: str, reserved: Event | None) -> Action:
    """Check that the reservation still is as it was read; else read again."""
    changed = TransientError("the reservation changed while it was released")
    check = outbox.present if reserved else outbox.absent
    return check(order_id, RESERVED, changed)


def _take(line: Line) -> Action:
    def refusal(product: Item | None) -> InsufficientStock:
        left = product["available"] if product else 0
        return InsufficientStock(f"{line.product_id}: {line.quantity} wanted, {left} available")

    return _change(line, "SET #available = #available - :quantity", "#available >= :quantity", refusal)


def _give_back(line: Line) -> Action:
    return _change(
        line,
        "SET #available = #available + :quantity",
        "attribute_exists(#available)",
        lambda _: LookupError(f"product {line.product_id} is gone"),
    )


def _change(line: Line, update: str, condition: str, refusal: Refusal) -> Action:
    return action(
        "Update",
        Rank.RULE,
        refusal,
        {
            "TableName": tables.inventory(),
            "Key": dynamodb.to_wire({"productId": line.product_id}),
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#available": "available"},
            "ExpressionAttributeValues": dynamodb.to_wire({":quantity": line.quantity}),
        },
    )
