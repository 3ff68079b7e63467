"""What recovery does about a saga whose execution broke or that is due. It reads first, then acts."""

from enum import StrEnum

from sagakit import clock, decision, eventlog, guard, pausing, resuming
from sagakit.dynamodb import Item
from sagakit.errors import AlreadyConfirmed, NotCancelling, SagaCancelled
from sagakit.event import ID, History
from sagakit.observability import count, logger
from sagakit.parking import park
from sagakit.reason import DEADLINE_PASSED, Reason
from sagakit.saga import Status, named

ABORTED = "ABORTED"  # the status of an execution that somebody stopped
TOO_LONG = Reason(DEADLINE_PASSED, "it waited too long")
EXECUTION_LOST = Reason("ExecutionLost", "its execution must have ended by now")


class RecoveryAction(StrEnum):
    """The next action of recovery."""

    LEAVE = "leave"  # it has ended, waits for its time, or for an operator
    CANCEL = "cancel"  # decide to undo it; the event starts the compensations
    RESUME = "resume"  # try again in a new execution
    WAIT = "wait"  # its last execution has not been started yet: the relay will start it
    PAUSE = "pause"  # its execution broke: try again later
    PARK = "park"  # its compensations, or its steps after the pivot, have failed for too long


def next_action(row: Item, now: int, execution: str = "") -> RecoveryAction:
    """Choose the action from the saga's row; `now` is in milliseconds, `execution` the status of one that broke."""
    if not guard.is_open(row):
        return RecoveryAction.LEAVE
    is_pending, aborted = row["status"] == Status.PENDING, execution == ABORTED
    if now >= guard.deadline(row) or (is_pending and aborted):
        may_go_back = is_pending and not named(row.get("saga", "")).retriable
        return RecoveryAction.CANCEL if may_go_back else RecoveryAction.PARK
    if now >= row["dueAt"] or (aborted and not guard.is_paused(row)):
        return RecoveryAction.RESUME
    return RecoveryAction.PAUSE if execution else RecoveryAction.LEAVE


def recover_if_needed(saga_id: str, why: Reason | None = None, execution: str = "") -> RecoveryAction:
    """Read the saga's current row and recover the saga if it needs it. Repeating this is harmless.

    `execution` is the status of an execution that broke, and `why` what is known about it.
    """
    history, row = eventlog.history(saga_id), guard.read(saga_id)  # in this order: see resuming.recover
    action = next_action(row, clock.now(), execution)
    if action is RecoveryAction.RESUME and any(event.undispatched for event in history):
        action = RecoveryAction.WAIT
    try:
        _perform(action, history, row, why, execution)
    except (AlreadyConfirmed, NotCancelling, SagaCancelled):
        return RecoveryAction.LEAVE  # it ended, was parked or was resumed after the read
    if action is not RecoveryAction.LEAVE:
        count("Recoveries", move=action)
    reason = why.code if why else row.get("paused", {}).get("reason", "")
    logger.info("recovery checked the saga", extra={ID: saga_id, "move": action, "reason": reason})
    return action


def _perform(action: RecoveryAction, history: History, row: Item, why: Reason | None, execution: str) -> None:
    paused = row.get("paused", {})
    match action:
        case RecoveryAction.CANCEL:
            _cancel(row, why if why and execution == ABORTED else TOO_LONG, execution)
        case RecoveryAction.RESUME:
            resuming.recover(history, row, why or EXECUTION_LOST)
        case RecoveryAction.WAIT:
            _wait(history, row)
        case RecoveryAction.PAUSE:
            pausing.pause(row, paused.get("state", ""), why or EXECUTION_LOST)
        case RecoveryAction.PARK:
            code = why.code if why and execution == ABORTED else paused.get("reason", DEADLINE_PASSED)
            park(history, row, {paused.get("state") or "recovery": code})
        case RecoveryAction.LEAVE:
            pass


def _wait(history: History, row: Item) -> None:
    """Look at the saga again when the execution that the relay is about to start must have ended."""
    later = guard.execution_ends(history.saga, clock.now())
    paused = {"paused": {**row["paused"], "nextAttemptAt": later}} if guard.is_paused(row) else {}
    guard.reschedule(row, later, **paused)


def _cancel(row: Item, why: Reason, execution: str) -> None:
    """Cancel the saga. If the execution that died had just cancelled it, nothing runs the compensations: do so."""
    saga_id, paused = row[ID], row.get("paused")
    if paused:
        why = Reason(why.code, f"{why.cause}; {paused['state'] or 'its execution'} waited: {paused['reason']}")
    cancelled = decision.cancel(saga_id, why, starts_saga=True)
    if cancelled.repeated and not cancelled.starts_saga:
        recover_if_needed(saga_id, why, execution)
