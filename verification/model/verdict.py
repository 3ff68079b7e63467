"""The verdict: whether the protocol is safe, and whether every order ends."""

from collections.abc import Callable
from typing import NamedTuple

from verification.model.explore import Explorer, Violation
from verification.model.liveness import FairGraph
from verification.model.rules import Bounds, Rules


class Verdict(NamedTuple):
    """What was explored, and the first violation found."""

    explorer: Explorer
    violation: Violation | None
    longest: int = 0  # steps of the longest run without faults; 0 if safety is violated


def check(rules: Rules, bounds: Bounds, progress: Callable[[int, int], None]) -> Verdict:
    """Look for a violation of safety, then of liveness."""
    explorer = Explorer(rules, bounds)
    if violation := explorer.run(progress):
        return Verdict(explorer, violation)
    graph = FairGraph(explorer)
    violation = graph.violation()
    return Verdict(explorer, violation, graph.longest())
