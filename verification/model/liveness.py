"""Once faults have stopped, every order ends: the fair moves never go round in a circle.

A state from which no fair move leads on is looked at during the exploration; here it is shown that every run
of fair moves is finite, whatever the interleaving. An operator's resume is fair too, so parked is not an end.
"""

from array import array

from verification.model.explore import Explorer, Violation


class Endings:
    """The fair moves of everything explored, in topological order if there is one."""

    def __init__(self, explorer: Explorer) -> None:
        self._targets, self._offsets = explorer.targets, explorer.offsets
        self._incoming = array("I", bytes(4 * len(explorer.states)))
        self._steps = array("I", self._incoming)
        for target in self._targets:
            self._incoming[target] += 1

    def longest(self) -> int:
        """Steps of the longest run without faults, from whatever state; known once they were sorted."""
        return max(self._steps)

    def violation(self) -> Violation | None:
        """Sort the states topologically; what is left over goes round for ever."""
        ready = [number for number, incoming in enumerate(self._incoming) if not incoming]
        left = len(self._incoming)
        while ready:
            left -= 1
            ready.extend(self._leave(ready.pop()))
        return self._circle() if left else None

    def _of(self, number: int) -> "array[int]":
        return self._targets[self._offsets[number] : self._offsets[number + 1]]

    def _leave(self, number: int) -> list[int]:
        """Take a state off; those that nothing else leads to come next."""
        steps, freed = self._steps[number] + 1, []
        for target in self._of(number):
            self._steps[target] = max(self._steps[target], steps)
            self._incoming[target] -= 1
            if not self._incoming[target]:
                freed.append(target)
        return freed

    def _circle(self) -> Violation:
        """Follow first predecessors back until one comes again."""
        before: dict[int, int] = {}
        for number, incoming in enumerate(self._incoming):
            for target in self._of(number) if incoming else ():
                before.setdefault(target, number)
        number, way = next(iter(before)), list[int]()
        while number not in way:
            way.append(number)
            number = before[number]
        loop = way[way.index(number) :][::-1]
        first = loop.index(min(loop))
        loop = [*loop[first:], *loop[: first + 1]]
        return Violation("liveness: without faults this goes round for ever", loop[0], loop=tuple(loop))
