"""Breadth-first exploration, so that the first violation found has a shortest schedule."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from verification.model.invariants import broken
from verification.model.rules import Bounds, Rules
from verification.model.state import TERMINAL, State, World
from verification.model.transitions import Transition, Transitions

REPORT_EVERY = 1 << 14  # states

violated_invariant = cache(broken)


class Violation(NamedTuple):
    """A violated property: the state, and the last transition out of it."""

    message: str
    number: int  # of the state
    transition: Transition | None = None
    loop: tuple[int, ...] = ()  # the states of a cycle


class Explorer:
    """The reachable states, how each was first reached, and their fair transitions."""

    def __init__(self, rules: Rules, bounds: Bounds) -> None:
        self.transitions = Transitions(rules, bounds)
        self.states = [State(World())]
        self.parents = array("I", [0])
        self.targets = array("I")  # of fair transitions, grouped by state
        self.offsets = array("I", [0])  # where each state's targets begin
        self.triggers: Counter[str] = Counter()  # transitions by fault or external event, "" for none
        self.rules: Counter[str] = Counter()  # transitions by the rule that decided, "" for none
        self._known = {self.states[0]: 0}

    def run(self, progress: Callable[[int, int], None]) -> Violation | None:
        """Explore every state, or stop at a violation. `progress` gets the numbers of explored and found states."""
        for number, state in enumerate(self.states):
            if violation := self._expand(number, state):
                return violation
            if number % REPORT_EVERY == 0:
                progress(number, len(self.states))
        return None

    def _expand(self, number: int, state: State) -> Violation | None:
        known, triggers, rules = self._known, self.triggers, self.rules
        targets, fresh = self.targets, len(self.states)
        for transition in self.transitions.of(state):
            _, _, effect, after = transition
            triggers[effect.trigger] += 1
            rules[effect.rule] += 1
            target = known.setdefault(after, fresh)
            violated = effect.violated
            if target == fresh:
                fresh += 1
                self._add(after, number)
                violated = violated or violated_invariant(after.world)
            if violated:
                return Violation(violated, number, transition)
            if effect.fair:
                targets.append(target)
        self.offsets.append(len(targets))
        return self._stuck(number, state)

    def _add(self, state: State, parent: int) -> None:
        self.states.append(state)
        self.parents.append(parent)

    def _stuck(self, number: int, state: State) -> Violation | None:
        order = state.world.order
        if self.offsets[number] == self.offsets[number + 1] and order not in TERMINAL:
            return Violation(f"liveness: nothing can happen any more, and the order is {order}", number)
        if self.transitions.endless(state.world):
            return Violation(f"liveness: if the gateway never settles, the order is {order} for ever", number)
        return None

    def depth(self) -> int:
        """Return the number of steps to the farthest state, the last one found."""
        return len(self.path(len(self.states) - 1)) - 1

    def path(self, number: int) -> list[int]:
        """Return the states on a shortest path to this one."""
        path = [number]
        while path[-1]:
            path.append(self.parents[path[-1]])
        return path[::-1]

    def transitions_along(self, path: list[int]) -> Iterator[Transition]:
        """Yield the transitions along a path, preferring fair ones."""
        for source, target in pairwise(self.states[number] for number in path):
            transitions = (each for each in self.transitions.of(source) if each.state == target)
            yield max(transitions, key=lambda each: each.effect.fair)
