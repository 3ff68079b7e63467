"""Searching for a schedule that breaks something: they are drawn at random, and Hypothesis shrinks the one that does.

Hypothesis does not draw them: five in six of its own are the one before with two numbers changed.
"""

from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase

from verification.simulator.choices import Focus
from verification.simulator.explore import Violation, explore
from verification.simulator.tally import Tally

CHUNK = 250  # schedules that are played in one go
LONGEST = 4_096  # bytes of chance that a schedule may need

type Heard = Callable[[], None]


def search(
    number: int,
    examples: int,
    themes: Sequence[Focus],
    tally: Tally,
    without: frozenset[str] = frozenset(),
    heard: Heard = lambda: None,
) -> Violation | None:
    """Play so many schedules; `number` is the seed. Give the simplest violation that was found, if any."""

    @st.composite
    def schedules(draw: Any) -> None:
        picks: list[int] = []

        def pick(below: int) -> int:
            picks.append(draw(_numbers(below)))
            return picks[-1]

        heard()
        try:
            explore(pick, themes, tally, without)
        except Violation as violation:
            violation.picks = picks
            raise

    @settings(
        database=InMemoryExampleDatabase(),  # through which what was found comes to be shrunk
        deadline=None,
        phases=[Phase.reuse, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(schedules())
    def nothing_breaks(_: None) -> None:
        pass

    chance, play = Random(number), nothing_breaks.hypothesis.fuzz_one_input  # type: ignore[attr-defined]
    try:
        for _ in range(examples):
            if play(chance.randbytes(LONGEST)) is None:
                raise RuntimeError(f"a schedule needs more than {LONGEST} bytes")
    except Violation:
        return _shrunk(nothing_breaks)
    return None


def _shrunk(test: Callable[[], None]) -> Violation:
    try:
        test()
    except Violation as violation:
        return violation
    raise RuntimeError("a schedule that broke something does not do so again")


@cache
def _numbers(below: int) -> st.SearchStrategy[int]:
    return st.integers(0, below - 1)


def replay(picks: Sequence[int], themes: Sequence[Focus], tally: Tally) -> Violation | None:
    """Play one schedule again, from the numbers that were drawn for it."""
    left = list(picks)
    try:
        explore(lambda below: min(left.pop(0), below - 1) if left else 0, themes, tally)
    except Violation as violation:
        return violation
    return None
