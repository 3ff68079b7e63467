"""Steps that refuse on demand, because the simulator doesn't know which input makes them refuse."""

from collections import Counter
from typing import Any

from sagakit import run_step
from sagakit.step import Change, Forward
from verification.simulator.run_plan import STEPS_FORCED_TO_REFUSE

_refusable = run_step.refusable


class ForcedRefusals:
    """For each order, such a step refuses every other call, from the call number `first` on; 0 is never."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._calls = Counter[tuple[str, str]]()

    def refusable(self, step: Forward, act: Any, given: Any) -> Change:
        """Replace the kit's function of this name."""
        if not self._first or step not in STEPS_FORCED_TO_REFUSE:
            return _refusable(step, act, given)
        self._calls[step.state, given.saga_id] += 1
        refusals, odd = divmod(self._calls[step.state, given.saga_id] - self._first, 2)
        if odd:
            return _refusable(step, act, given)
        return Change({}, refusal=list(step.refusals)[refusals % len(step.refusals)]("forced by the simulator"))
