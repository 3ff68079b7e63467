"""Hunting a mutant: an exploration must find a schedule that reveals it, or none if it is masked."""

import time
from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import NamedTuple

from verification.simulator.coverage_counts import Coverage
from verification.simulator.exploration import Violation, explore
from verification.simulator.mutants.mutant import Mutant
from verification.simulator.profiles.all_profiles import fitting
from verification.simulator.run_plan import Profile

ROUND = 100  # schedules of a profile, before it is the next one's turn
MAX_SCHEDULES = 8_000  # after which a mutant has survived
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


def _turns(profiles: Sequence[Profile]) -> Iterator[Profile]:
    """Take turns, the best profile first and most often: 1, then 1 2, then 1 2 3, and so on."""
    for size in count(1):
        yield from profiles[:size]


def hunt(mutant: Mutant, seed: int) -> Hunt:
    """Look for a schedule that reveals the mutant."""
    started, coverage, violation = time.monotonic(), Coverage(), None
    limit = MASKED_SCHEDULES if mutant.masked_by else MAX_SCHEDULES
    with mutant.change():
        for number, profile in enumerate(islice(_turns(mutant.profiles), limit // ROUND)):
            violation = explore(seed + number, ROUND, [fitting(profile)], coverage, mutant.without)
            if violation:
                break
    return Hunt(mutant.name, mutant.masked_by, violation, coverage.schedules, time.monotonic() - started)
