"""Mutants of what a decision sets and removes on the order's row."""

from typing import Any

from sagakit import guard
from sagakit.saga import Status
from verification.simulator.mutants.mutant import Change, Mutant, patched
from verification.simulator.profiles.decision_races import ENDED_PARKED
from verification.simulator.profiles.topics import LATE, PARKING, PAUSING, RECOVERY
from verification.simulator.profiles.waiting_writes import UNSTARTED_CRASHES

_transition = guard.transition
INDEXED = ("open", "dueAt")


def _keeping(module: str, *kept: str, after: Status | None = None) -> Change:
    """Let these attributes stay on the row when it gets this status, or any."""

    def transition(event: Any, before: Any, new: Any, *, removed: tuple[str, ...] = (), **rest: Any) -> Any:
        if after in (None, new):
            removed = tuple(name for name in removed if name not in kept)
        return _transition(event, before, new, removed=removed, **rest)

    return patched(f"sagakit.{module}.transition", transition)


def _without(module: str, *names: str) -> Change:
    """Set nothing but the other attributes, and remove these from the row."""

    def transition(*args: Any, removed: tuple[str, ...] = (), settings: Any = None, **rest: Any) -> Any:
        kept = {name: value for name, value in (settings or {}).items() if name not in names}
        return _transition(*args, removed=tuple({*removed, *names}), settings=kept, **rest)

    return patched(f"sagakit.{module}.transition", transition)


def _unchanged(module: str, name: str) -> Change:
    """Leave an attribute as it is."""

    def transition(*args: Any, settings: Any = None, **rest: Any) -> Any:
        kept = {each: value for each, value in (settings or {}).items() if each != name}
        return _transition(*args, settings=kept, **rest)

    return patched(f"sagakit.{module}.transition", transition)


MUTANTS = (
    Mutant("an ended order stays on the index", (LATE,), _keeping("decision", *INDEXED)),
    Mutant("an ended order stays parked", (ENDED_PARKED,), _keeping("decision", "parked")),
    Mutant("a parked order stays on the index", (PARKING,), _keeping("parking", *INDEXED)),
    Mutant("a resumed order stays parked", (PARKING,), _keeping("resuming", "parked")),
    Mutant("a resumed order is not on the index", (RECOVERY,), _without("resuming", *INDEXED)),
    Mutant("a cancelled order is not on the index", (LATE,), _without("decision", *INDEXED)),
    Mutant("a cancelled order keeps its deadline", (LATE,), _unchanged("decision", "deadlineAt")),
    Mutant("a confirmed order stays paused", (PAUSING,), _keeping("decision", "paused", after=Status.CONFIRMED)),
    Mutant("a cancelled order stays paused", (PAUSING,), _keeping("decision", "paused", after=Status.CANCELLING)),
    Mutant("a failed order stays paused", (PAUSING,), _keeping("decision", "paused", after=Status.FAILED)),
    Mutant("a parked order stays paused", (PARKING, PAUSING), _keeping("parking", "paused")),
    Mutant("an ended order stays marked as started", (UNSTARTED_CRASHES,), _keeping("decision", "started")),
    Mutant("a failed order is not listed", (LATE,), _unchanged("decision", "byStatus")),
    Mutant("a parked order is not listed", (PARKING,), _unchanged("parking", "byStatus")),
    Mutant("a resumed order stays listed as parked", (PARKING,), _keeping("resuming", "byStatus")),
)
