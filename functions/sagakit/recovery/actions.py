"""What recovery does about a saga whose execution broke or that is due. It reads first, then acts."""

from enum import StrEnum
from functools import partial

from sagakit import clock, decision, eventlog, guard, pausing, resuming
from sagakit.dynamodb import Item
from sagakit.errors import AlreadyConfirmed, NotCancelling, Overtaken, SagaCancelled
from sagakit.event import ID, History
from sagakit.observability import MAX_CAUSE, count, logger
from sagakit.parking import park
from sagakit.reason import DEADLINE_PASSED, Reason
from sagakit.relay import starting
from sagakit.saga import Status, named
from sagakit.transient import is_transient

ABORTED = "ABORTED"  # the status of an execution that somebody stopped
TOO_LONG = Reason(DEADLINE_PASSED, "it waited too long")
EXECUTION_LOST = Reason("ExecutionLost", "its execution must have ended by now")


class RecoveryAction(StrEnum):
    """The next action of recovery."""

    LEAVE = "leave"  # it has ended, waits for its time, or for an operator
    CANCEL = "cancel"  # decide to undo it; the event starts the compensations
    START = "start"  # make sure that its last execution has been started
    RESUME = "resume"  # try again in a new execution
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
    return eventlog.decide(saga_id, partial(_recover_if_needed, why, execution))


def _recover_if_needed(why: Reason | None, execution: str, history: History) -> RecoveryAction:
    saga_id = history.saga_id
    row = guard.read(saga_id)  # after the history: see resuming.recover
    if row["updatedAt"] > history.events[-1].at:
        raise Overtaken("another event was recorded after the history was read")
    action = next_action(row, clock.now(), execution)
    if action is RecoveryAction.RESUME and execution != ABORTED and not _must_have_ended(history, row):
        action = RecoveryAction.PAUSE if execution else RecoveryAction.START  # due only to see that it was started
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
        case RecoveryAction.START:
            _start(history, row)
        case RecoveryAction.PAUSE:
            pausing.pause(row, paused.get("state", ""), why or EXECUTION_LOST)
        case RecoveryAction.PARK:
            code = why.code if why and execution == ABORTED else paused.get("reason", DEADLINE_PASSED)
            park(history, row, {paused.get("state") or "recovery": code})
        case RecoveryAction.LEAVE:
            pass


def _must_have_ended(history: History, row: Item) -> bool:
    """Return whether the last execution is known to have been started, and must have ended by now."""
    if guard.is_paused(row) or row.get("started") == history.last_start.type:
        return True  # the saga would not be due before
    return _has_begun(history) and clock.now() >= guard.execution_ends(history.saga, history.last_start.at)


def _has_begun(history: History) -> bool:
    """Return whether something has been recorded since the last start."""
    return history.events[-1] is not history.last_start


def _start(history: History, row: Item) -> None:
    """Start the last execution unless it has begun, and look at the saga again when it must have ended.

    A saga that cannot be started, for a reason that is no outage, is paused, so that it is not in the way of others.
    """
    last, since = history.last_start, history.last_start.at
    if not _has_begun(history):
        try:
            since = clock.now() if starting.start(last) else since
        except Exception as error:
            if is_transient(error):
                raise
            logger.exception("not started", extra={"eventId": last.id})
            return pausing.pause(row, "", Reason(type(error).__name__, str(error)[:MAX_CAUSE]))
    guard.reschedule(row, guard.execution_ends(history.saga, since), started=last.type)
    return None


def _cancel(row: Item, why: Reason, execution: str) -> None:
    """Cancel the saga. If the execution that died had just cancelled it, nothing runs the compensations: do so."""
    saga_id, paused = row[ID], row.get("paused")
    if paused:
        why = Reason(why.code, f"{why.cause}; {paused['state'] or 'its execution'} waited: {paused['reason']}")
    cancelled = decision.cancel(saga_id, why, starts_saga=True)
    if cancelled.repeated and not cancelled.starts_saga:
        recover_if_needed(saga_id, why, execution)
