"""Several processes at work; in an exploration, each explores a chunk of schedules at a time."""

import os
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any
from unittest.mock import patch

from verification.simulator.coverage_counts import Coverage
from verification.simulator.exploration import CHUNK, Violation, explore
from verification.simulator.names.saga_table import SIMULATED_SAGA
from verification.simulator.profiles.all_profiles import PROFILES
from verification.simulator.report.covered_lines import recorded


def explore_chunk(seed: int, schedules: int) -> tuple[Coverage, Violation | None]:
    """Explore a chunk of schedules with all profiles."""
    coverage = Coverage()
    with recorded(coverage.lines):
        violation = explore(seed, schedules, [*PROFILES.values()], coverage)
    return coverage, violation


def explore_in_parallel(first_seed: int, schedules: int, jobs: int) -> Generator[tuple[Coverage, Violation | None]]:
    """Explore a number of schedules, and yield the result of each chunk when it is done."""
    sizes = [min(CHUNK, schedules - done) for done in range(0, schedules, CHUNK)]
    return in_parallel(jobs, explore_chunk, [(first_seed + n, size) for n, size in enumerate(sizes)])


def simulating[T](saga: str, work: Callable[..., T], *arguments: Any) -> T:
    """Call `work` in a process that simulates the coordinator of this saga."""
    with patch.dict(os.environ, {SIMULATED_SAGA: saga}):
        (result,) = in_parallel(1, work, [arguments])
    return result


def in_parallel[T](jobs: int, work: Callable[..., T], arguments: Iterable[tuple[Any, ...]]) -> Generator[T]:
    """Call `work` with each of the arguments in several processes, and yield each result when it is ready.

    Closing the generator cancels the calls that have not begun.
    """
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(work, *each) for each in arguments]
        try:
            yield from (future.result() for future in as_completed(futures))
        finally:
            pool.shutdown(cancel_futures=True)
