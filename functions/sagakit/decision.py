"""Decisions about a saga: confirm it (the pivot), cancel it, and end a cancelled one."""

from collections.abc import Mapping, Sequence
from functools import partial

from sagakit import clock, eventlog, guard
from sagakit.errors import BusinessError, CompensationIncomplete, SagaPaused, StepIncomplete
from sagakit.event import Event, History
from sagakit.guard import OPEN, due, index_entry, transition
from sagakit.parking import park
from sagakit.pausing import pause
from sagakit.reason import Reason
from sagakit.saga import Status, named
from sagakit.step import Compensation, Outcome

NOT_UNDONE = "NotUndone"  # the reason to wait for a compensation of which no error is known


def confirm(saga_id: str) -> Event:
    """Pass the pivot: move the saga from PENDING to CONFIRMED if every step is on record.

    Raises:
        SagaCancelled: a cancellation won the race.
        LookupError: a step is not on record.
    """
    return eventlog.decide(saga_id, _confirm)


def _confirm(history: History) -> Event:
    saga = history.saga
    kind, state, steps = saga.name_for("{}Confirmed"), saga.name_for("Confirm{}"), saga.confirmed_by
    if confirmed := history.find(kind):
        return confirmed.as_repeated
    if missing := [step for step in steps if not history.find(step)]:
        guard.read_if(history.saga_id, Status.PENDING)
        raise LookupError(f"no {', '.join(missing)} on record")
    confirmed = history.next(kind, Outcome.CONFIRMED, {}, state=state, rests_on=steps)
    return eventlog.record(
        confirmed, transition(confirmed, Status.PENDING, Status.CONFIRMED, removed=(*OPEN, "parked", "byStatus"))
    )


def cancel(saga_id: str, why: Reason, *, starts_saga: bool = False) -> Event:
    """Decide to undo the saga: PENDING → CANCELLING. If it was cancelled before, the first reason stands.

    With `starts_saga`, the event starts an execution for the compensations: no running execution made this decision.

    Raises:
        AlreadyConfirmed: the saga has passed the pivot.
        TransientError: steps kept taking effect meanwhile.
    """
    return eventlog.decide(saga_id, partial(_cancel, why, starts_saga))


def _cancel(why: Reason, starts_saga: bool, history: History) -> Event:  # noqa: FBT001  of a partial
    saga = history.saga
    state = "" if starts_saga else saga.name_for("Cancel{}")
    kind = saga.name_for("{}Cancelling")
    if cancelled := history.find(kind):
        return cancelled.as_repeated
    cancelling = history.next(kind, Outcome.CANCELLING, why.detail, state=state, starts_saga=starts_saga)
    patience = guard.patience_ends(clock.now())
    settings = {
        "reason": why.detail,
        **index_entry("byReason", cancelling, why.code),
        **(due(cancelling, patience) if starts_saga else {"deadlineAt": patience}),
    }
    removed = ("paused", "byStatus")
    return eventlog.record(
        cancelling, transition(cancelling, Status.PENDING, Status.CANCELLING, settings=settings, removed=removed)
    )


def wait(saga_id: str, state: str, why: Reason) -> None:
    """Pause the saga, because `state` has failed, until its next attempt.

    Raises:
        StepIncomplete: the state is past the pivot, and waiting cannot help; the saga is parked.
    """
    row = guard.read(saga_id)
    saga = named(row.get("saga", ""))
    final = [error.__name__ for step in saga.retriable if step.state == state for error in step.final]
    if why.code in final and guard.is_open(row):
        by = saga.name_for("Pause{}")
        eventlog.decide(saga_id, lambda history: park(history, row, {state: why.code}, state=by))
        raise StepIncomplete(f"{state} failed for good")
    pause(row, state, why)


def fail(saga_id: str, failures: Mapping[str, Reason]) -> Event:
    """End a cancelled saga, CANCELLING → FAILED, if every compensation is on record.

    Otherwise, it waits. `failures` are the errors of the compensations, by state.

    Raises:
        SagaPaused: a compensation is missing, and is tried again later.
        CompensationIncomplete: the missing compensations failed for good, or for too long; the saga is parked.
        NotCancelling: the saga was never cancelled.
    """
    return eventlog.decide(saga_id, partial(_fail, failures))


def _fail(failures: Mapping[str, Reason], history: History) -> Event:
    saga = history.saga
    kind, state = saga.name_for("{}Failed"), saga.name_for("Fail{}")
    if failed := history.find(kind):
        return failed.as_repeated
    if missing := [each for each in saga.compensations if not history.find(each.event)]:
        raise _kept_waiting(history, missing, failures, state)
    cancelled = history.find(saga.name_for("{}Cancelling"))
    why = {"reason": cancelled.detail["reason"]} if cancelled else {}
    failed = history.next(kind, Outcome.FAILED, why, state=state, rests_on=saga.undone_by)
    listed, removed = index_entry("byStatus", failed, Status.FAILED), (*OPEN, "parked")
    return eventlog.record(
        failed, transition(failed, Status.CANCELLING, Status.FAILED, settings=listed, removed=removed)
    )


def _kept_waiting(
    history: History, missing: Sequence[Compensation], failures: Mapping[str, Reason], state: str
) -> BusinessError:
    """Pause the saga while waiting can help; otherwise park it. Return the error that says which."""
    row = guard.read_if(history.saga_id, Status.CANCELLING)
    passing = [each for each in missing if not _is_final(each, failures)]
    if guard.is_open(row) and passing and clock.now() < guard.deadline(row):
        waiting = passing[0].state
        pause(row, waiting, failures.get(waiting, Reason(NOT_UNDONE, f"no {passing[0].event} on record")))
        return SagaPaused(f"{waiting} has not succeeded")
    if guard.is_open(row):
        park(history, row, {name: why.code for name, why in failures.items()}, state=state)
    return CompensationIncomplete(f"no {', '.join(each.event for each in missing)} on record")


def _is_final(compensation: Compensation, failures: Mapping[str, Reason]) -> bool:
    why = failures.get(compensation.state)
    return why is not None and why.code in [error.__name__ for error in compensation.final]
