"""Searching for a schedule that breaks something: Hypothesis draws them, and shrinks the one that does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from tests.prove.explore import Violation, explore

if TYPE_CHECKING:
    from tests.prove.choices import Focus
    from tests.prove.tally import Tally

CHUNK = 250  # schedules that Hypothesis draws in one go

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

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(schedules())
    def nothing_breaks(_: None) -> None:
        pass

    try:
        nothing_breaks()
    except Violation as violation:
        return violation
    return None


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
