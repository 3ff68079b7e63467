"""Is the protocol safe, and does every order end?"""

from collections.abc import Callable
from typing import NamedTuple

from verification.model.explore import Explorer, Violation
from verification.model.liveness import Endings
from verification.model.rules import Bounds, Rules


class Verdict(NamedTuple):
    """What was explored, and the first thing found wrong with it."""

    explorer: Explorer
    violation: Violation | None
    longest: int = 0  # steps of the longest run without faults; 0 while safety is violated


def check(rules: Rules, bounds: Bounds, progress: Callable[[int, int], None]) -> Verdict:
    """Look for a violation of safety, then for one of liveness."""
    explorer = Explorer(rules, bounds)
    if violation := explorer.run(progress):
        return Verdict(explorer, violation)
    endings = Endings(explorer)
    violation = endings.violation()
    return Verdict(explorer, violation, endings.longest())
