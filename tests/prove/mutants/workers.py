"""Hunts on several processors: each process hunts a mutant at a time.

They are found by name there, as what a mutant changes cannot be sent to another process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.prove.mutants.everyone import everyone
from tests.prove.mutants.hunt import Hunted, hunt
from tests.prove.workers import side_by_side

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence


def hunts(issued: list[str], names: Sequence[str], seed: int, jobs: int) -> Generator[Hunted]:
    """Hunt the mutants of these names, and give what came of each as it is done; `issued` are all guards."""
    return side_by_side(jobs, _hunt, [(issued, name, seed) for name in names])


def _hunt(issued: list[str], name: str, seed: int) -> Hunted:
    return hunt(next(mutant for mutant in everyone(issued) if mutant.name == name), seed)
