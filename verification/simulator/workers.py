"""Work on several processors; for a search, each process plays a chunk of schedules at a time."""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import Any, NamedTuple

from verification.simulator.explore import Violation
from verification.simulator.lines import watched
from verification.simulator.search import CHUNK, search
from verification.simulator.tally import Tally
from verification.simulator.themes import THEMES


class Chunk(NamedTuple):
    """What came of a part of the search."""

    examples: int
    tally: Tally
    violation: Violation | None


def play(number: int, examples: int) -> Chunk:
    """Play a part of the search; `number` is its seed."""
    tally = Tally()
    with watched(tally.lines):
        violation = search(number, examples, THEMES, tally)
    return Chunk(examples, tally, violation)


def chunks(first: int, examples: int, jobs: int) -> Generator[Chunk]:
    """Play so many schedules, and give the parts as they are done; `first` is the seed of the first part."""
    sizes = [min(CHUNK, examples - done) for done in range(0, examples, CHUNK)]
    return side_by_side(jobs, play, [(first + n, size) for n, size in enumerate(sizes)])


def side_by_side[T](jobs: int, work: Callable[..., T], arguments: Iterable[tuple[Any, ...]]) -> Generator[T]:
    """Do the work with each of these arguments, in so many processes, and give what came of it as it is done.

    Closing the generator begins no more of it.
    """
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        parts = [pool.submit(work, *each) for each in arguments]
        try:
            yield from (part.result() for part in as_completed(parts))
        finally:
            pool.shutdown(cancel_futures=True)
