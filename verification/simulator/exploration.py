"""Explores schedules in search of a violation: draws them at random, and lets Hypothesis shrink one that violates.

Hypothesis doesn't draw them itself: five in six of its draws repeat the previous one with two numbers changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase

from verification.simulator.checker.invariant_checker import InvariantChecker
from verification.simulator.coverage_counts import Coverage
from verification.simulator.run_plan import Pick, Profile, draw_plan
from verification.simulator.schedule.deviations import Deviations
from verification.simulator.schedule.driver import Driver
from verification.simulator.schedule.quiescence import reach_quiescence
from verification.simulator.world.simulation import Simulation

CHUNK = 250  # schedules that are explored with one seed
MAX_BYTES = 4_096  # of randomness for one schedule


@dataclass(eq=False)
class Violation(Exception):
    """A schedule violates an invariant or a guarantee."""

    found: list[str]
    trace: list[str]
    plan: str
    picks: list[int]  # the numbers that were drawn


def run_schedule(
    pick: Pick, profiles: Sequence[Profile], coverage: Coverage, disabled_guards: frozenset[str] = frozenset()
) -> None:
    """Run one schedule.

    Raises:
        Violation: an invariant or a guarantee does not hold.
    """
    picks: list[int] = []

    def recorded(below: int) -> int:
        picks.append(pick(below))
        return picks[-1]

    coverage.schedules += 1
    with Simulation(draw_plan(recorded, profiles), coverage, disabled_guards) as sim:
        InvariantChecker(sim)
        driver = Driver(sim)
        for request in sim.plan.requests:
            sim.clients.place(request)
        Deviations(driver).play()
        reach_quiescence(driver)
    if sim.violations:
        found = [sim.trace.with_order_names(each) for each in sim.violations]
        raise Violation(found, list(sim.trace.lines()), str(sim.plan), picks)


def explore(
    seed: int,
    schedules: int,
    profiles: Sequence[Profile],
    coverage: Coverage,
    disabled_guards: frozenset[str] = frozenset(),
) -> Violation | None:
    """Explore a number of schedules, and return the simplest form of the first violation."""

    @st.composite
    def drawn(draw: Any) -> None:
        run_schedule(lambda below: draw(_numbers(below)), profiles, coverage, disabled_guards)

    @settings(
        database=InMemoryExampleDatabase(),  # hands a violation over to the shrinking phase
        deadline=None,
        phases=[Phase.reuse, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        print_blob=False,
        report_multiple_bugs=False,
    )
    @given(drawn())
    def no_violation(_: None) -> None:
        pass

    randomness, run = Random(seed), no_violation.hypothesis.fuzz_one_input  # type: ignore[attr-defined]
    try:
        for _ in range(schedules):
            if run(randomness.randbytes(MAX_BYTES)) is None:
                raise RuntimeError(f"a schedule needs more than {MAX_BYTES} bytes")
    except Violation:
        return _shrunk(no_violation)
    return None


def replay(picks: Sequence[int], profiles: Sequence[Profile]) -> Violation | None:
    """Run one schedule again, from the numbers that were drawn for it."""
    left = list(picks)
    try:
        run_schedule(lambda below: min(left.pop(0), below - 1) if left else 0, profiles, Coverage())
    except Violation as violation:
        return violation
    return None


def _shrunk(test: Callable[[], None]) -> Violation:
    try:
        test()
    except Violation as violation:
        return violation
    raise RuntimeError("a schedule with a violation has none when it runs again")


@cache
def _numbers(below: int) -> st.SearchStrategy[int]:
    return st.integers(0, below - 1)
