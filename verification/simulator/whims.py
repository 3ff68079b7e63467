"""Steps that say no at will: the explorer does not know them well enough to bring their refusals about."""

from collections import Counter
from typing import Any

from sagakit import run_step
from sagakit.step import Change, Forward
from verification.simulator.choices import WILFUL

_refusable = run_step.refusable


class Whims:
    """For each order such a step says no every other time: from the first on, from the second on, or never."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._asked = Counter[tuple[str, str]]()

    def refusable(self, step: Forward, act: Any, given: Any) -> Change:
        """Stand in for the kit's function of this name."""
        if not self._first or step not in WILFUL:
            return _refusable(step, act, given)
        self._asked[step.state, given.saga_id] += 1
        times, whim = divmod(self._asked[step.state, given.saga_id] - self._first, 2)
        if whim:
            return _refusable(step, act, given)
        return Change({}, refusal=list(step.refusals)[times % len(step.refusals)]("that is how it is"))
