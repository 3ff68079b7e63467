"""Breadth-first exploration: the first violation found has a shortest schedule."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from verification.model.invariants import broken
from verification.model.moves import Move, Moves
from verification.model.rules import Bounds, Rules
from verification.model.state import TERMINAL, State, World

TICK = 1 << 14  # states between two reports of progress

broken_once = cache(broken)


class Violation(NamedTuple):
    """What went wrong, in which state, and by which last move out of it."""

    what: str
    number: int
    move: Move | None = None
    loop: tuple[int, ...] = ()  # states that follow each other for ever


class Explorer:
    """The states reached, how each was first reached, and where they go once faults have stopped."""

    def __init__(self, rules: Rules, bounds: Bounds) -> None:
        self.moves = Moves(rules, bounds)
        self.states = [State(World())]
        self.parents = array("I", [0])
        self.targets = array("I")  # of fair moves, one state's after the other's
        self.offsets = array("I", [0])  # where in targets a state's begin
        self.turns: Counter[str] = Counter()  # transitions by the fault or other turn they are, "" for none
        self.rules: Counter[str] = Counter()  # and by the rule that decided, "" for none
        self._known = {self.states[0]: 0}

    def run(self, progress: Callable[[int, int], None]) -> Violation | None:
        """Explore until all is known or a violation is found. Progress hears (expanded, known) states."""
        for number, state in enumerate(self.states):
            if violation := self._expand(number, state):
                return violation
            if number % TICK == 0:
                progress(number, len(self.states))
        return None

    def _expand(self, number: int, state: State) -> Violation | None:
        known, turns, rules = self._known, self.turns, self.rules
        targets, fresh = self.targets, len(self.states)
        for move in self.moves.of(state):
            _, _, effect, after, fair = move
            turns[effect.turn] += 1
            rules[effect.rule] += 1
            target = known.setdefault(after, fresh)
            wrong = effect.wrong
            if target == fresh:
                fresh += 1
                self._add(after, number)
                wrong = wrong or broken_once(after.world)
            if wrong:
                return Violation(wrong, number, move)
            if fair:
                targets.append(target)
        self.offsets.append(len(targets))
        return self._stuck(number, state)

    def _add(self, state: State, parent: int) -> None:
        self.states.append(state)
        self.parents.append(parent)

    def _stuck(self, number: int, state: State) -> Violation | None:
        if self.offsets[number] < self.offsets[number + 1] or state.world.order in TERMINAL:
            return None
        return Violation(f"liveness: nothing happens any more, and the order is {state.world.order}", number)

    def depth(self) -> int:
        """Steps to the farthest state: the last one found."""
        return len(self.path(len(self.states) - 1)) - 1

    def path(self, number: int) -> list[int]:
        """The states on a shortest way to this one."""
        way = [number]
        while way[-1]:
            way.append(self.parents[way[-1]])
        return way[::-1]

    def moves_along(self, way: list[int]) -> Iterator[Move]:
        """The moves that lead from each state of a way to the next: without a fault where there is a choice."""
        for here, there in pairwise(way):
            moves = (move for move in self.moves.of(self.states[here]) if move.state == self.states[there])
            yield max(moves, key=lambda move: move.fair)
