"""Decisions about a saga: confirm it (the pivot), cancel it, and end a cancelled one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagakit import eventlog
from sagakit.errors import CompensationIncomplete
from sagakit.event import Event
from sagakit.guard import OPEN, due, index_entry, setting_ms, transition
from sagakit.observability import MAX_CAUSE
from sagakit.parking import park
from sagakit.saga import Status
from sagakit.step import Outcome


@dataclass(frozen=True)
class Reason:
    """Why a saga is cancelled: the name of an error, and a sentence for people to read."""

    code: str
    cause: str


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
        transition(confirmed, Status.PENDING, Status.CONFIRMED, removed=OPEN),
        *[eventlog.require_event(confirmed, step, LookupError(f"no {step} on record")) for step in steps],
    )


def cancel(saga_id: str, why: Reason, *, starts_saga: bool = False) -> Event:
    """Decide to undo the saga: PENDING → CANCELLING. If it was cancelled before, the first reason stands.

    With `starts_saga`, the event starts an execution for the compensations: no running execution made this decision.

    Raises:
        AlreadyConfirmed: the saga has passed the pivot.
    """
    while True:  # ends: it repeats only when a step took effect meanwhile, and each does so once
        try:
            return _cancel(saga_id, why, starts_saga=starts_saga)
        except Overtaken:
            continue


def _cancel(saga_id: str, why: Reason, *, starts_saga: bool) -> Event:
    history = eventlog.history(saga_id)
    saga = history.saga
    detail = {"reason": why.code, "cause": why.cause}
    state = "" if starts_saga else saga.name_for("Cancel{}")
    kind = saga.name_for("{}Cancelling")
    cancelling = history.next(kind, Outcome.CANCELLING, detail, state=state, starts_saga=starts_saga)
    settings = {
        "reason": detail,
        **index_entry("byReason", cancelling, why.code),
        **due(cancelling, setting_ms("COMPENSATION_DEADLINE_SECONDS")),
    }
    unseen = [event for event in saga.guarded if not history.find(event)]
    return eventlog.record(
        cancelling,
        transition(cancelling, Status.PENDING, Status.CANCELLING, settings=settings),
        *[eventlog.require_no_event(cancelling, event, Overtaken(event)) for event in unseen],
    )


def fail(saga_id: str, failures: Mapping[str, str]) -> Event:
    """End a cancelled saga, CANCELLING → FAILED, if every compensation is on record. Otherwise, park it.

    Raises:
        CompensationIncomplete: a compensation is missing; the saga is parked.
        NotCancelling: the saga was never cancelled.
    """
    history = eventlog.history(saga_id)
    saga = history.saga
    undone, state = saga.undone_by, saga.name_for("Fail{}")
    cancelled = history.find(saga.name_for("{}Cancelling"))
    why = cancelled.detail if cancelled else {}
    failed = history.next(saga.name_for("{}Failed"), Outcome.FAILED, why, state=state, rests_on=undone)
    try:
        return eventlog.record(
            failed,
            transition(failed, Status.CANCELLING, Status.FAILED, removed=(*OPEN, "parked")),
            *[eventlog.require_event(failed, each, NotUndone(each)) for each in undone],
        )
    except NotUndone as missing:
        park(history, failures, state=state)
        raise CompensationIncomplete(f"no {missing} on record") from missing


def reason(error: Mapping[str, str]) -> Reason:
    """Build the reason from a Catch's error output: the error's name, and the message inside Lambda's JSON."""
    return Reason(error["Error"], _message(error.get("Cause", ""))[:MAX_CAUSE])


def _message(cause: str) -> str:
    try:
        parsed: Any = json.loads(cause)
    except ValueError:
        return cause
    return str(parsed.get("errorMessage", cause)) if isinstance(parsed, dict) else cause
