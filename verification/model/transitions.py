"""The transitions out of a state."""

from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from verification.model.effect_cache import EffectCache
from verification.model.effects import Effect
from verification.model.rules import Bounds, Rules
from verification.model.state import Invocation, State, World

EXECUTION, LATE, EXTERNAL = "execution", "late", "external"

type Group = tuple[Invocation, ...]


class Transition(NamedTuple):
    """The actor, its effect, and the state it leads to."""

    role: str
    actor: Invocation | None
    effect: Effect
    state: State


@cache
def swapped(group: Group, old: Invocation | None, new: Invocation | None) -> Group:
    """Return the group with one invocation replaced, removed or added."""
    rest = list(group)
    if old is not None:
        rest.remove(old)
    if new is not None:
        rest.append(new)
    return tuple(sorted(rest))


class Transitions:
    """The transitions of a protocol with these rules, within these bounds."""

    def __init__(self, rules: Rules, bounds: Bounds) -> None:
        self._rules, self._bounds = rules, bounds
        self._caches: dict[World, EffectCache] = {}

    def of(self, state: State) -> Iterator[Transition]:
        """Return all transitions."""
        effects = self._effects(state.world)
        return chain(
            self._external(state, effects),
            self._executions(state, effects),
            self._late(state, effects),
            self._strays(state, effects),
        )

    def endless(self, world: World) -> bool:
        """Whether the order waits for ever if the gateway never settles."""
        return self._effects(world).endless

    def _effects(self, world: World) -> EffectCache:
        if (effects := self._caches.get(world)) is None:
            effects = self._caches[world] = EffectCache(world, self._rules)
        return effects

    def _external(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        """Beyond the bounds nothing starts: an execution that starts only later has the same effect."""
        world, running, late = state
        full = len(running) >= self._bounds.executions
        for effect in effects.beside if running else effects.idle:
            if effect.successor is None or (full and effect.world != world):
                yield Transition(EXTERNAL, None, effect, State(effect.world, running, late))
            elif not full:
                started = swapped(running, None, effect.successor)
                yield Transition(EXTERNAL, None, effect, State(effect.world, started, late))

    def _executions(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        _, running, late = state
        within_bounds = len(late) < self._bounds.late
        for actor in dict.fromkeys(running):
            for effect in effects.of_execution(actor):
                if effect.late is not None and not within_bounds:
                    continue
                left = late if effect.late is None else swapped(late, None, effect.late)
                after = State(effect.world, swapped(running, actor, effect.successor), left)
                yield Transition(EXECUTION, actor, effect, after)

    def _late(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        _, running, late = state
        for actor in dict.fromkeys(late):
            for effect in effects.of_late(actor):
                after = State(effect.world, running, swapped(late, actor, effect.successor))
                yield Transition(LATE, actor, effect, after)

    def _strays(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        _, running, late = state
        if len(late) < self._bounds.strays:
            for effect in effects.strays:
                yield Transition(EXTERNAL, None, effect, State(effect.world, running, swapped(late, None, effect.late)))
