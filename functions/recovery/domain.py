"""What to do about an order whose execution broke, or which takes too long: look first, then move."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from shared import door

if TYPE_CHECKING:
    from shared.dynamodb import Item

MOST_RECOVERIES = 5  # in a row, before a person is asked
FIRST_PAUSE, LONGEST_PAUSE = 30_000, 900_000  # milliseconds


class Move(StrEnum):
    """What recovery does next."""

    LEAVE = "leave"  # it has ended, or a person has it
    CANCEL = "cancel"  # close the door; the event of that starts the compensations
    WAIT = "wait"  # the last recovery is too recent
    RECOVER = "recover"  # start the compensations again
    PARK = "park"  # enough


def next_move(order: Item, now: int) -> Move:
    """Decide by the order row alone; `now` in milliseconds."""
    if order["status"] in (door.CONFIRMED, door.FAILED) or "parked" in order:
        return Move.LEAVE
    if order["status"] == door.PENDING:
        return Move.CANCEL
    if order.get("recoveries", 0) >= MOST_RECOVERIES:
        return Move.PARK
    return Move.WAIT if now < not_before(order) else Move.RECOVER


def not_before(order: Item) -> int:
    """Tell when the next recovery may start: at once, then after pauses that double."""
    recoveries = order.get("recoveries", 0)
    if not recoveries:
        return 0
    pause: int = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (recoveries - 1))
    return int(order["resumedAt"]) + pause
