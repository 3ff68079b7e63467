"""Hunts on several processors: each process hunts a mutant at a time.

They are found by name there, as what a mutant changes cannot be sent to another process.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TYPE_CHECKING

from tests.prove.mutants.everyone import everyone
from tests.prove.mutants.hunt import Hunted, hunt

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence


def hunts(issued: list[str], names: Sequence[str], seed: int, jobs: int) -> Generator[Hunted]:
    """Hunt the mutants of these names, and give what came of each as it is done; `issued` are all guards."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        started = [pool.submit(_hunt, issued, name, seed) for name in names]
        try:
            yield from (each.result() for each in as_completed(started))
        finally:
            pool.shutdown(cancel_futures=True)


def _hunt(issued: list[str], name: str, seed: int) -> Hunted:
    return hunt(next(mutant for mutant in everyone(issued) if mutant.name == name), seed)
