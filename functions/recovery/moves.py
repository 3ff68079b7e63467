"""Making the move on one order. The same for a broken execution, a deadline and a compensation that takes too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from order import decisions, parking
from outbox import store as outbox
from recovery import store
from recovery.domain import Move, next_move, not_before
from shared import clock, door
from shared.errors import OrderAlreadyConfirmed, OrderNotCancelling
from shared.observability import count, logger

if TYPE_CHECKING:
    from order.domain import Reason
    from shared.dynamodb import Item


def look_after(order_id: str, why: Reason) -> Move:
    """Look at the order as it is now, and make the move that it needs. Made twice, it is made once."""
    order = door.read(order_id)
    move = next_move(order, clock.now())
    try:
        _make(move, order, why)
    except (OrderAlreadyConfirmed, OrderNotCancelling):
        return Move.LEAVE  # it ended, or was parked, between the look and the move
    if move is not Move.LEAVE:
        count("Recoveries", move=move)
    logger.info("looked after", extra={"orderId": order_id, "move": move, "reason": why.code})
    return move


def _make(move: Move, order: Item, why: Reason) -> None:
    order_id = order["orderId"]
    match move:
        case Move.CANCEL:
            _cancel(order_id, why)
        case Move.WAIT:
            store.due_at(order_id, not_before(order))
        case Move.RECOVER:
            _recover(order, why)
        case Move.PARK:
            parking.park(order, outbox.history(order_id), {"recovery": why.code})
        case Move.LEAVE:
            pass


def _cancel(order_id: str, why: Reason) -> None:
    """Close the door. Where an execution that died closed it with its last call, nobody undoes the order yet."""
    cancelled = decisions.cancel(order_id, why, starts_saga=True)
    if cancelled.repeated and not cancelled.starts_saga:
        _recover(door.read(order_id), why)


def _recover(order: Item, why: Reason) -> None:
    parking.recover(order, outbox.history(order["orderId"]), {"reason": why.code, "cause": why.cause})
