"""What recovery does about a saga whose execution broke or that is overdue. It reads first, then acts."""

from enum import StrEnum

from sagakit import clock, decision, eventlog, guard, parking
from sagakit.decision import Reason
from sagakit.dynamodb import Item
from sagakit.errors import AlreadyConfirmed, NotCancelling
from sagakit.event import ID
from sagakit.observability import count, logger
from sagakit.recovery import store
from sagakit.saga import Status

MAX_RECOVERIES = 5  # in a row, before the saga is parked for an operator
FIRST_WAIT, MAX_WAIT = 30_000, 900_000  # milliseconds


class RecoveryAction(StrEnum):
    """The next action of recovery."""

    LEAVE = "leave"  # it has ended, or waits for an operator
    CANCEL = "cancel"  # decide to undo it; the event starts the compensations
    WAIT = "wait"  # the last recovery is too recent
    RECOVER = "recover"  # run the compensations again
    PARK = "park"  # there were too many recoveries


def next_action(row: Item, now: int) -> RecoveryAction:
    """Choose the action from the saga's row alone; `now` is in milliseconds."""
    if row["status"] in (Status.CONFIRMED, Status.FAILED) or "parked" in row:
        return RecoveryAction.LEAVE
    if row["status"] == Status.PENDING:
        return RecoveryAction.CANCEL
    if row.get("recoveries", 0) >= MAX_RECOVERIES:
        return RecoveryAction.PARK
    return RecoveryAction.WAIT if now < next_attempt_at(row) else RecoveryAction.RECOVER


def next_attempt_at(row: Item) -> int:
    """Return when the next recovery may start, in milliseconds: at once, then after pauses that double."""
    recoveries = row.get("recoveries", 0)
    if not recoveries:
        return 0
    pause: int = min(MAX_WAIT, FIRST_WAIT * 2 ** (recoveries - 1))
    return int(row["resumedAt"]) + pause


def recover_if_needed(saga_id: str, why: Reason) -> RecoveryAction:
    """Read the saga's current row and recover the saga if it needs it. Repeating this is harmless."""
    row = guard.read(saga_id)
    action = next_action(row, clock.now())
    try:
        _perform(action, row, why)
    except (AlreadyConfirmed, NotCancelling):
        return RecoveryAction.LEAVE  # it ended or was parked after the read
    if action is not RecoveryAction.LEAVE:
        count("Recoveries", move=action)
    logger.info("recovery checked the saga", extra={ID: saga_id, "move": action, "reason": why.code})
    return action


def _perform(action: RecoveryAction, row: Item, why: Reason) -> None:
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
    """Cancel the saga. If the execution that died had just cancelled it, nothing runs the compensations: do so."""
    cancelled = decision.cancel(saga_id, why, starts_saga=True)
    if cancelled.repeated and not cancelled.starts_saga:
        _recover(guard.read(saga_id), why)


def _recover(row: Item, why: Reason) -> None:
    parking.recover(row, eventlog.history(row[ID]), {"reason": why.code, "cause": why.cause})
