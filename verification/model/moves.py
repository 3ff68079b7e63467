"""The moves out of a state."""

from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from verification.model.effects import Effect
from verification.model.here import Here
from verification.model.machine import START
from verification.model.rules import Bounds, Rules
from verification.model.state import Invocation, State, World
from verification.model.surroundings import NAME_TAKEN, PARKS

EXECUTION, LATE, SURROUNDINGS = "execution", "late", "surroundings"

type Group = tuple[Invocation, ...]


class Move(NamedTuple):
    """Who acts, what comes of it, and whether it happens also when faults have stopped."""

    role: str
    actor: Invocation | None
    effect: Effect
    state: State
    fair: bool


@cache
def swapped(group: Group, gone: Invocation | None, come: Invocation | None) -> Group:
    """The group with one invocation in place of another."""
    rest = list(group)
    if gone is not None:
        rest.remove(gone)
    if come is not None:
        rest.append(come)
    return tuple(sorted(rest))


class Moves:
    """The moves of a protocol with these rules, within these bounds."""

    def __init__(self, rules: Rules, bounds: Bounds) -> None:
        self._rules, self._bounds = rules, bounds
        self._places: dict[World, Here] = {}

    def of(self, state: State) -> Iterator[Move]:
        """All moves. While the gateway is processing, only its answer is fair: the retries outlast it."""
        here = self._here(state.world)
        return chain(
            self._environment(state, here),
            self._executions(state, here),
            self._late(state, here),
            self._recovery(state, here),
            self._strays(state, here),
        )

    def _here(self, world: World) -> Here:
        if (here := self._places.get(world)) is None:
            here = self._places[world] = Here(world, self._rules, self._bounds)
        return here

    def _environment(self, state: State, here: Here) -> Iterator[Move]:
        world, running, late, starting = state
        for effect in here.settles:
            yield Move(SURROUNDINGS, None, effect, State(effect.world, running, late, starting), fair=True)
        if here.expires is not None:
            after = State(here.expires.world, running, late, starting)
            yield Move(SURROUNDINGS, None, here.expires, after, fair=False)
        if len(running) < self._bounds.executions or not world.dispatched:
            after = State(here.relays.world, swapped(running, None, START), late, starting)
            yield Move(SURROUNDINGS, None, here.relays, after, here.relays.fair and not here.processing)

    def _executions(self, state: State, here: Here) -> Iterator[Move]:
        _, running, late, starting = state
        room = len(late) < self._bounds.late
        for actor in dict.fromkeys(running):
            for effect in here.of_execution(actor):
                if effect.late is not None and not room:
                    continue
                left = late if effect.late is None else swapped(late, None, effect.late)
                after = State(effect.world, swapped(running, actor, effect.now), left, starting)
                yield Move(EXECUTION, actor, effect, after, effect.fair and not here.processing)

    def _late(self, state: State, here: Here) -> Iterator[Move]:
        _, running, late, starting = state
        for actor in dict.fromkeys(late):
            for effect in here.of_late(actor):
                after = State(effect.world, running, swapped(late, actor, effect.now), starting)
                yield Move(LATE, actor, effect, after, not here.processing)

    def _recovery(self, state: State, here: Here) -> Iterator[Move]:
        if state.starting:
            return self._recovery_starts(state, here)
        return self._recovery_decides(state, here)

    def _recovery_starts(self, state: State, here: Here) -> Iterator[Move]:
        _, running, late, _ = state
        yield Move(SURROUNDINGS, None, here.starter_dies, State(here.world, running, late), fair=False)
        if len(running) >= self._bounds.executions + self._bounds.recoveries:
            return
        effect = here.starts_anew
        started = running if effect.says == NAME_TAKEN else swapped(running, None, START)
        yield Move(SURROUNDINGS, None, effect, State(effect.world, started, late), not here.processing)

    def _recovery_decides(self, state: State, here: Here) -> Iterator[Move]:
        _, running, late, _ = state
        idle = not (running or here.processing)
        if (effect := here.overtakes if running else here.recovers) is not None:
            after = State(effect.world, running, late, effect.says != PARKS)
            yield Move(SURROUNDINGS, None, effect, after, idle and here.sweeper_sees)
        if (effect := here.resumes) is not None:
            after = State(effect.world, running, late, starting=True)
            yield Move(SURROUNDINGS, None, effect, after, idle)

    def _strays(self, state: State, here: Here) -> Iterator[Move]:
        world, running, late, starting = state
        if len(late) < self._bounds.strays:
            for effect in here.strays:
                after = State(world, running, swapped(late, None, effect.late), starting)
                yield Move(SURROUNDINGS, None, effect, after, fair=False)
