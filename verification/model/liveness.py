"""Liveness: once faults have stopped, every order ends, because the fair transitions form no cycle.

The exploration checks states without a fair transition. This module shows that every run of fair transitions is finite,
whatever the interleaving. The sweeper's resume and an operator's are fair too, so neither a paused nor a parked order
has ended. The deadline and the limit of patience are not fair: no order needs them once faults have stopped.
"""

from array import array

from verification.model.explore import Explorer, Violation


class FairGraph:
    """The graph of all fair transitions, which has a topological order unless there is a cycle."""

    def __init__(self, explorer: Explorer) -> None:
        self._targets, self._offsets = explorer.targets, explorer.offsets
        self._incoming = array("I", bytes(4 * len(explorer.states)))
        self._steps = array("I", self._incoming)
        for target in self._targets:
            self._incoming[target] += 1

    def longest(self) -> int:
        """Return the steps of the longest run without faults, from any state. Call `violation` first."""
        return max(self._steps)

    def violation(self) -> Violation | None:
        """Sort the states topologically; return a cycle if states are left over."""
        ready = [number for number, incoming in enumerate(self._incoming) if not incoming]
        left = len(self._incoming)
        while ready:
            left -= 1
            ready.extend(self._remove(ready.pop()))
        return self._cycle() if left else None

    def _of(self, number: int) -> "array[int]":
        return self._targets[self._offsets[number] : self._offsets[number + 1]]

    def _remove(self, number: int) -> list[int]:
        """Remove a state and return those that nothing else leads to."""
        steps, freed = self._steps[number] + 1, []
        for target in self._of(number):
            self._steps[target] = max(self._steps[target], steps)
            self._incoming[target] -= 1
            if not self._incoming[target]:
                freed.append(target)
        return freed

    def _cycle(self) -> Violation:
        """Follow predecessors back until one repeats."""
        before: dict[int, int] = {}
        for number, incoming in enumerate(self._incoming):
            for target in self._of(number) if incoming else ():
                before.setdefault(target, number)
        number, path = next(iter(before)), list[int]()
        while number not in path:
            path.append(number)
            number = before[number]
        loop = path[path.index(number) :][::-1]
        first = loop.index(min(loop))
        loop = [*loop[first:], *loop[: first + 1]]
        return Violation("liveness: this repeats for ever, without any fault", loop[0], loop=tuple(loop))
