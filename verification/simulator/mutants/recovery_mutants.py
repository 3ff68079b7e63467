"""Mutants of recovery and of its sweeper."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sagakit import clock, guard, sweeping
from sagakit.event import History
from sagakit.recovery import actions
from sagakit.recovery.actions import RecoveryAction
from sagakit.relay import starting
from sagakit.saga import Status
from verification.simulator.faults.fault_injection import SUSPENDED
from verification.simulator.mutants.mutant import Change, Mutant, patched
from verification.simulator.profiles.decision_races import READ_LATE, UNSTARTED_LATE
from verification.simulator.profiles.topics import LATE, PARKING, PAUSING, RECOVERY
from verification.simulator.profiles.waiting_writes import (
    CONCURRENT_SWEEPS,
    RECOVERY_CRASHES,
    STALE_READS,
    UNSTARTED_CRASHES,
)

_next_action = actions.next_action
LEAVE, PAUSE, RESUME, START = (
    *(RecoveryAction.LEAVE, RecoveryAction.PAUSE),
    *(RecoveryAction.RESUME, RecoveryAction.START),
)
_perform = actions._perform  # noqa: SLF001
ENDED = {"dueAt": 0, "deadlineAt": 10**15}  # what the row of an order lacks that has ended, or is parked


def _ignoring_state(row: Any, *rest: Any) -> RecoveryAction:
    """Treat every order as one that needs recovery."""
    status = row["status"] if row["status"] == Status.PENDING else Status.CANCELLING
    return _next_action({**ENDED, **{name: row[name] for name in row if name != "parked"}, "status": status}, *rest)


def _ignoring(status: Status) -> Change:
    def next_action(row: Any, *rest: Any) -> RecoveryAction:
        return LEAVE if row["status"] == status else _next_action(row, *rest)

    return patched("sagakit.recovery.actions.next_action", next_action)


def _resuming_instead_of(action: RecoveryAction) -> Change:
    def next_action(row: Any, *rest: Any) -> RecoveryAction:
        chosen = _next_action(row, *rest)
        return RESUME if chosen is action and "dueAt" in row else chosen

    return patched("sagakit.recovery.actions.next_action", next_action)


def _performing_instead_of(action: RecoveryAction) -> Change:
    def perform(chosen: RecoveryAction, *rest: Any) -> None:
        _perform(RESUME if chosen is action else chosen, *rest)

    return patched("sagakit.recovery.actions._perform", perform)


def _ended(*, sure: bool) -> Change:
    return patched("sagakit.recovery.actions._must_have_ended", lambda *_: sure)


def _starting(how: Callable[[History, Any], None]) -> Change:
    return patched("sagakit.recovery.actions._start", how)


def _as_if_unchanged(saga_id: str) -> Any:
    return {**guard.read(saga_id), "updatedAt": 0}


def _mark_only(history: History, row: Any) -> None:
    guard.reschedule(row, guard.execution_ends(history.saga, clock.now()), started=history.last_start.type)


def _start_only(history: History, _row: Any) -> None:
    starting.start(history.last_start)


def _start_anyway(history: History, row: Any) -> None:
    starting.start(history.last_start)
    _mark_only(history, row)


SWEPT_TWICE = replace(CONCURRENT_SWEEPS, tokens=("pm_unavailable",), aborts=(0,), faults=("sweep", SUSPENDED))
UNSTARTED = (UNSTARTED_CRASHES, UNSTARTED_LATE)
# An execution dies before it has recorded anything, and recovery gives up its report.
UNREPORTED = replace(
    RECOVERY_CRASHES,
    faults=("crash before",),
    environment=(),
    deviations=(0,),
    aborts=(3,),
    sites=("RecoverOrder: reads events",),
)
_blind = SimpleNamespace(**{**vars(sweeping), "before": lambda *_: iter(())})

MUTANTS = (
    Mutant(
        "recovery ignores the order's state",
        (RECOVERY, PARKING),
        patched("sagakit.recovery.actions.next_action", _ignoring_state),
    ),
    Mutant("the sweeper recovers no order", (RECOVERY, LATE), patched("sagakit.recovery.app.sweeping", _blind)),
    Mutant("the sweeper recovers no PENDING order", (RECOVERY, PAUSING), _ignoring(Status.PENDING)),
    Mutant("the sweeper recovers no CANCELLING order", (RECOVERY, LATE), _ignoring(Status.CANCELLING)),
    Mutant("recovery resumes what is not due", (SWEPT_TWICE, STALE_READS), _resuming_instead_of(LEAVE)),
    Mutant("recovery resumes instead of pausing", (RECOVERY, PAUSING), _performing_instead_of(PAUSE)),
    Mutant("recovery resumes what has not been started", UNSTARTED, _performing_instead_of(START)),
    Mutant("recovery never knows that an execution must have ended", (RECOVERY, *UNSTARTED), _ended(sure=False)),
    Mutant("the sweeper leaves what the stream left", UNSTARTED, _starting(lambda *_: None)),
    Mutant("the sweeper starts without marking", (UNREPORTED, *UNSTARTED), _starting(_start_only)),
    Mutant("the sweeper marks without starting", UNSTARTED, _starting(_mark_only)),
    Mutant(
        "a passing failure to start pauses the order",
        UNSTARTED,
        patched("sagakit.recovery.actions.is_transient", lambda _: False),
    ),
    Mutant(
        "recovery does not see that its history is old",
        (READ_LATE,),
        patched("sagakit.recovery.actions.guard", SimpleNamespace(**{**vars(guard), "read": _as_if_unchanged})),
    ),
    Mutant(
        "what has begun is started again",
        (*UNSTARTED, RECOVERY),
        _starting(_start_anyway),
        masked_by="an execution that was started has its name; in EXPRESS, another one is fenced off",
    ),
)
