"""Hunting a mutant: the search must find a schedule that shows it, or none where it is masked."""

import time
from typing import NamedTuple

from verification.simulator.explore import Violation
from verification.simulator.mutants.mutant import Mutant
from verification.simulator.search import CHUNK, search
from verification.simulator.tally import Tally

ENOUGH = 4_000  # schedules after which a mutant has got away
MASKED_ENOUGH = 1_000  # schedules after which a guard counts as masked


class Hunted(NamedTuple):
    """What came of it."""

    name: str
    masked_by: str
    violation: Violation | None
    schedules: int
    seconds: float

    @property
    def well(self) -> bool:
        """Tell whether it went as it should."""
        return (self.violation is None) == bool(self.masked_by)


def hunt(mutant: Mutant, seed: int) -> Hunted:
    """Look for a schedule that shows the mutant."""
    started, schedules = time.monotonic(), 0

    def heard() -> None:
        nonlocal schedules
        schedules += 1

    violation = None
    most = MASKED_ENOUGH if mutant.masked_by else ENOUGH
    with mutant.change():
        for number in range(most // CHUNK):
            violation = search(seed + number, CHUNK, mutant.themes, Tally(), mutant.without, heard)
            if violation:
                break
    return Hunted(mutant.name, mutant.masked_by, violation, schedules, time.monotonic() - started)
