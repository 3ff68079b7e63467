"""The decisions on a saga: the pivot, the cancellation, and the end of a cancelled one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagakit import eventlog
from sagakit.errors import CompensationIncomplete
from sagakit.event import Event
from sagakit.guard import OPEN, due, index_entry, setting_ms, transition
from sagakit.parking import park
from sagakit.saga import Status
from sagakit.step import Outcome

LONGEST_CAUSE = 500  # characters


@dataclass(frozen=True)
class Reason:
    """Why a saga is cancelled: the name of an error and a sentence for people."""

    code: str
    cause: str


class NotUndone(Exception):
    """A compensation is not on record."""


class Overtaken(Exception):
    """A step took effect after the history was read."""


def confirm(saga_id: str) -> Event:
    """Pass the pivot: PENDING → CONFIRMED, if every step is on record.

    Raises:
        SagaCancelled: the cancellation won.
    """
    history = eventlog.history(saga_id)
    saga = history.saga
    steps = saga.confirmed_by
    kind, state = saga.called("{}Confirmed"), saga.called("Confirm{}")
    confirmed = history.next(kind, Outcome.CONFIRMED, {}, state=state, rests_on=steps)
    return eventlog.record(
        confirmed,
        transition(confirmed, Status.PENDING, Status.CONFIRMED, removed=OPEN),
        *[eventlog.require_event(confirmed, step, LookupError(f"no {step} on record")) for step in steps],
    )


def cancel(saga_id: str, why: Reason, *, starts_saga: bool = False) -> Event:
    """Decide to undo: PENDING → CANCELLING. Done before, the first reason stands.

    `starts_saga`: an execution has yet to be started for it, because no state of a running one decided.

    Raises:
        AlreadyConfirmed: the pivot was passed.
    """
    while True:  # as often as a step takes effect meanwhile: each does so once
        try:
            return _cancel(saga_id, why, starts_saga=starts_saga)
        except Overtaken:
            continue


def _cancel(saga_id: str, why: Reason, *, starts_saga: bool) -> Event:
    history = eventlog.history(saga_id)
    saga = history.saga
    detail = {"reason": why.code, "cause": why.cause}
    state = "" if starts_saga else saga.called("Cancel{}")
    kind = saga.called("{}Cancelling")
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
    """End a cancelled saga: CANCELLING → FAILED, if every compensation is on record; else park it.

    Raises:
        CompensationIncomplete: something is not undone; the saga is parked.
        NotCancelling: nobody decided to cancel the saga.
    """
    history = eventlog.history(saga_id)
    saga = history.saga
    undone, state = saga.undone_by, saga.called("Fail{}")
    decided = history.find(saga.called("{}Cancelling"))
    why = decided.detail if decided else {}
    failed = history.next(saga.called("{}Failed"), Outcome.FAILED, why, state=state, rests_on=undone)
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
    """Read why a step failed from a Catch's error: its name, and the message within Lambda's JSON."""
    return Reason(error["Error"], _message(error.get("Cause", ""))[:LONGEST_CAUSE])


def _message(cause: str) -> str:
    try:
        parsed: Any = json.loads(cause)
    except ValueError:
        return cause
    return str(parsed.get("errorMessage", cause)) if isinstance(parsed, dict) else cause
