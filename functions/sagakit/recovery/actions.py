"""What to do about a saga whose execution broke, or which takes too long: look first, then act."""

from enum import StrEnum

from sagakit import clock, decision, eventlog, guard, parking
from sagakit.decision import Reason
from sagakit.dynamodb import Item
from sagakit.errors import AlreadyConfirmed, NotCancelling
from sagakit.event import ID
from sagakit.observability import count, logger
from sagakit.recovery import store
from sagakit.saga import Status

MOST_RECOVERIES = 5  # in a row, before a person is asked
FIRST_WAIT, LONGEST_WAIT = 30_000, 900_000  # milliseconds


class RecoveryAction(StrEnum):
    """What recovery does next."""

    LEAVE = "leave"  # it has ended, or a person has it
    CANCEL = "cancel"  # decide to undo; the event of that starts the compensations
    WAIT = "wait"  # the last recovery is too recent
    RECOVER = "recover"  # start the compensations again
    PARK = "park"  # enough


def next_action(row: Item, now: int) -> RecoveryAction:
    """Decide by the saga's row alone; `now` in milliseconds."""
    if row["status"] in (Status.CONFIRMED, Status.FAILED) or "parked" in row:
        return RecoveryAction.LEAVE
    if row["status"] == Status.PENDING:
        return RecoveryAction.CANCEL
    if row.get("recoveries", 0) >= MOST_RECOVERIES:
        return RecoveryAction.PARK
    return RecoveryAction.WAIT if now < next_attempt_at(row) else RecoveryAction.RECOVER


def next_attempt_at(row: Item) -> int:
    """Tell when the next recovery may start: at once, then after pauses that double."""
    recoveries = row.get("recoveries", 0)
    if not recoveries:
        return 0
    pause: int = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (recoveries - 1))
    return int(row["resumedAt"]) + pause


def recover_if_needed(saga_id: str, why: Reason) -> RecoveryAction:
    """Look at the saga as it is now, and do what it needs. Done twice, it is done once."""
    row = guard.read(saga_id)
    action = next_action(row, clock.now())
    try:
        _take(action, row, why)
    except (AlreadyConfirmed, NotCancelling):
        return RecoveryAction.LEAVE  # it ended, or was parked, between the look and the act
    if action is not RecoveryAction.LEAVE:
        count("Recoveries", move=action)
    logger.info("looked after", extra={ID: saga_id, "move": action, "reason": why.code})
    return action


def _take(action: RecoveryAction, row: Item, why: Reason) -> None:
    saga_id = row[ID]
    match action:
        case RecoveryAction.CANCEL:
            _cancel(saga_id, why)
        case RecoveryAction.WAIT:
            store.due_at(saga_id, next_attempt_at(row))
        case RecoveryAction.RECOVER:
            _recover(row, why)
        case RecoveryAction.PARK:
            parking.park(eventlog.history(saga_id), {"recovery": why.code})
        case RecoveryAction.LEAVE:
            pass


def _cancel(saga_id: str, why: Reason) -> None:
    """Decide to undo. Where an execution that died decided so with its last call, nobody undoes the saga yet."""
    cancelled = decision.cancel(saga_id, why, starts_saga=True)
    if cancelled.repeated and not cancelled.starts_saga:
        _recover(guard.read(saga_id), why)


def _recover(row: Item, why: Reason) -> None:
    parking.recover(row, eventlog.history(row[ID]), {"reason": why.code, "cause": why.cause})
