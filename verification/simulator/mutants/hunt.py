"""Hunting a mutant: an exploration must find a schedule that reveals it, or none if it is masked."""

import time
from typing import NamedTuple

from verification.simulator.coverage_counts import Coverage
from verification.simulator.exploration import Violation, explore
from verification.simulator.mutants.mutant import Mutant

ROUND = 100  # schedules of a profile, before it is the next one's turn
MAX_SCHEDULES = 4_000  # after which a mutant has survived
MASKED_SCHEDULES = 1_000  # after which a guard counts as masked


class Hunt(NamedTuple):
    """The result of a hunt."""

    name: str
    masked_by: str
    violation: Violation | None
    schedules: int
    seconds: float

    @property
    def as_expected(self) -> bool:
        """Return whether the mutant was found, or survived because it is masked."""
        return (self.violation is None) == bool(self.masked_by)


def hunt(mutant: Mutant, seed: int) -> Hunt:
    """Look for a schedule that reveals the mutant."""
    started, coverage, violation = time.monotonic(), Coverage(), None
    limit = MASKED_SCHEDULES if mutant.masked_by else MAX_SCHEDULES
    with mutant.change():
        for number in range(limit // ROUND):
            profile = mutant.profiles[number % len(mutant.profiles)]
            violation = explore(seed + number, ROUND, [profile], coverage, mutant.without)
            if violation:
                break
    return Hunt(mutant.name, mutant.masked_by, violation, coverage.schedules, time.monotonic() - started)
