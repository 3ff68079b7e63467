"""Mutants of recovery and of its sweeper."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sagakit import guard, sweeping
from sagakit.recovery import actions
from sagakit.recovery.actions import RecoveryAction
from sagakit.saga import Status
from verification.simulator.faults.fault_injection import SUSPENDED
from verification.simulator.mutants.mutant import Change, Mutant, patched
from verification.simulator.profiles.topics import LATE, OUTBOX, PARKING, PAUSING, RECOVERY
from verification.simulator.profiles.waiting_writes import (
    CONCURRENT_SWEEPS,
    STALE_READS,
    UNSTARTED_CRASHES,
    UNSTARTED_PAUSED,
)

_next_action = actions.next_action
LEAVE, PAUSE, RESUME = RecoveryAction.LEAVE, RecoveryAction.PAUSE, RecoveryAction.RESUME
_reschedule = guard.reschedule
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


def _due_only(row: Any, at: int, **_paused: Any) -> bool:
    return _reschedule(row, at)


SWEPT_TWICE = replace(CONCURRENT_SWEEPS, tokens=("pm_unavailable",), aborts=(0,), faults=("sweep", SUSPENDED))
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
    Mutant("recovery resumes instead of pausing", (RECOVERY, PAUSING), _resuming_instead_of(PAUSE)),
    Mutant(
        "the sweeper leaves the next attempt where it is",
        (UNSTARTED_PAUSED,),
        patched("sagakit.recovery.actions.guard", SimpleNamespace(**{**vars(guard), "reschedule": _due_only})),
    ),
    Mutant(
        "recovery resumes what has not been started",
        (UNSTARTED_CRASHES, OUTBOX),
        patched("sagakit.recovery.actions.any", lambda _: False),
    ),
)
