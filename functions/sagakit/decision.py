"""Decisions about a saga: confirm it (the pivot), cancel it, and end a cancelled one."""

from collections.abc import Mapping
from contextlib import suppress

from sagakit import clock, eventlog, guard
from sagakit.errors import BusinessError, CompensationIncomplete, SagaPaused, StepIncomplete, TransientError
from sagakit.event import Event, History
from sagakit.guard import OPEN, due, index_entry, transition
from sagakit.parking import park
from sagakit.pausing import pause
from sagakit.reason import Reason
from sagakit.saga import Status, named
from sagakit.step import Compensation, Outcome

OVERTAKEN_AT_MOST = 10  # each step takes effect once, so more than a saga has steps would be a defect


class NotUndone(Exception):
    """A compensation has not been recorded."""


class Overtaken(Exception):
    """A step took effect after this function read the history."""


def confirm(saga_id: str) -> Event:
    """Pass the pivot: move the saga from PENDING to CONFIRMED if every step is on record.

    Raises:
        SagaCancelled: a cancellation won the race.
        LookupError: a step is not on record.
    """
    history = eventlog.history(saga_id)
    saga = history.saga
    steps = saga.confirmed_by
    kind, state = saga.name_for("{}Confirmed"), saga.name_for("Confirm{}")
    confirmed = history.next(kind, Outcome.CONFIRMED, {}, state=state, rests_on=steps)
    return eventlog.record(
        confirmed,
        transition(confirmed, Status.PENDING, Status.CONFIRMED, removed=(*OPEN, "parked")),
        *[eventlog.require_event(confirmed, step, LookupError(f"no {step} on record")) for step in steps],
    )


def cancel(saga_id: str, why: Reason, *, starts_saga: bool = False) -> Event:
    """Decide to undo the saga: PENDING → CANCELLING. If it was cancelled before, the first reason stands.

    With `starts_saga`, the event starts an execution for the compensations: no running execution made this decision.

    Raises:
        AlreadyConfirmed: the saga has passed the pivot.
        TransientError: steps kept taking effect meanwhile.
    """
    for _ in range(OVERTAKEN_AT_MOST):
        with suppress(Overtaken):
            return _cancel(saga_id, why, starts_saga=starts_saga)
    raise TransientError("one step after the other took effect meanwhile")


def _cancel(saga_id: str, why: Reason, *, starts_saga: bool) -> Event:
    history = eventlog.history(saga_id)
    saga = history.saga
    state = "" if starts_saga else saga.name_for("Cancel{}")
    kind = saga.name_for("{}Cancelling")
    cancelling = history.next(kind, Outcome.CANCELLING, why.detail, state=state, starts_saga=starts_saga)
    settings = {
        "reason": why.detail,
        **index_entry("byReason", cancelling, why.code),
        **due(cancelling, guard.patience_ends(clock.now())),
    }
    unseen = [event for event in saga.guarded if not history.find(event)]
    return eventlog.record(
        cancelling,
        transition(cancelling, Status.PENDING, Status.CANCELLING, settings=settings, removed=("paused",)),
        *[eventlog.require_no_event(cancelling, event, Overtaken(event)) for event in unseen],
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
        park(eventlog.history(saga_id), row, {state: why.code}, state=saga.name_for("Pause{}"))
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
    history = eventlog.history(saga_id)
    saga = history.saga
    undone, state = saga.undone_by, saga.name_for("Fail{}")
    cancelled = history.find(saga.name_for("{}Cancelling"))
    why = {"reason": cancelled.detail["reason"]} if cancelled else {}
    failed = history.next(saga.name_for("{}Failed"), Outcome.FAILED, why, state=state, rests_on=undone)
    try:
        return eventlog.record(
            failed,
            transition(failed, Status.CANCELLING, Status.FAILED, removed=(*OPEN, "parked")),
            *[eventlog.require_event(failed, each, NotUndone(each)) for each in undone],
        )
    except NotUndone as missing:
        raise _kept_waiting(history, failures, state) from missing


def _kept_waiting(history: History, failures: Mapping[str, Reason], state: str) -> BusinessError:
    """Pause the saga while waiting can help; otherwise park it. Return the error that says which."""
    row = guard.read(history.saga_id)
    missing = [each for each in history.saga.compensations if not history.find(each.event)]
    passing = [each for each in missing if not _is_final(each, failures)]
    if guard.is_open(row) and passing and clock.now() < guard.deadline(row):
        waiting = passing[0].state
        pause(row, waiting, failures.get(waiting, Reason(NotUndone.__name__, f"no {passing[0].event} on record")))
        return SagaPaused(f"{waiting} has not succeeded")
    if guard.is_open(row):
        park(history, row, {name: why.code for name, why in failures.items()}, state=state)
    return CompensationIncomplete(f"no {', '.join(each.event for each in missing)} on record")


def _is_final(compensation: Compensation, failures: Mapping[str, Reason]) -> bool:
    why = failures.get(compensation.state)
    return why is not None and why.code in [error.__name__ for error in compensation.final]
