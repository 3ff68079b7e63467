"""The transitions out of a state."""

from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from verification.model.effect_cache import EffectCache
from verification.model.effects import Effect
from verification.model.external import NAME_TAKEN, PARKS
from verification.model.flow import START
from verification.model.rules import Bounds, Rules
from verification.model.state import Invocation, State, World

EXECUTION, LATE, EXTERNAL = "execution", "late", "external"

type Group = tuple[Invocation, ...]


class Transition(NamedTuple):
    """The actor, its effect, the state it leads to, and whether it still happens once faults have stopped."""

    role: str
    actor: Invocation | None
    effect: Effect
    state: State
    fair: bool


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
        """Return all transitions. While the gateway is processing, only its result is fair: the retries outlast it."""
        effects = self._effects(state.world)
        return chain(
            self._external(state, effects),
            self._executions(state, effects),
            self._late(state, effects),
            self._recovery(state, effects),
            self._strays(state, effects),
        )

    def _effects(self, world: World) -> EffectCache:
        if (effects := self._caches.get(world)) is None:
            effects = self._caches[world] = EffectCache(world, self._rules, self._bounds)
        return effects

    def _external(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        world, running, late, starting = state
        for effect in effects.settles:
            yield Transition(EXTERNAL, None, effect, State(effect.world, running, late, starting), fair=True)
        if effects.expires is not None:
            after = State(effects.expires.world, running, late, starting)
            yield Transition(EXTERNAL, None, effects.expires, after, fair=False)
        if len(running) < self._bounds.executions or not world.dispatched:
            after = State(effects.relays.world, swapped(running, None, START), late, starting)
            yield Transition(EXTERNAL, None, effects.relays, after, effects.relays.fair and not effects.processing)

    def _executions(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        _, running, late, starting = state
        within_bounds = len(late) < self._bounds.late
        for actor in dict.fromkeys(running):
            for effect in effects.of_execution(actor):
                if effect.late is not None and not within_bounds:
                    continue
                left = late if effect.late is None else swapped(late, None, effect.late)
                after = State(effect.world, swapped(running, actor, effect.successor), left, starting)
                yield Transition(EXECUTION, actor, effect, after, effect.fair and not effects.processing)

    def _late(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        _, running, late, starting = state
        for actor in dict.fromkeys(late):
            for effect in effects.of_late(actor):
                after = State(effect.world, running, swapped(late, actor, effect.successor), starting)
                yield Transition(LATE, actor, effect, after, not effects.processing)

    def _recovery(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        if state.starting:
            return self._recovery_starts(state, effects)
        return self._recovery_decides(state, effects)

    def _recovery_starts(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        _, running, late, _ = state
        yield Transition(EXTERNAL, None, effects.starter_dies, State(effects.world, running, late), fair=False)
        if len(running) >= self._bounds.executions + self._bounds.recoveries:
            return
        effect = effects.restarts
        started = running if effect.label == NAME_TAKEN else swapped(running, None, START)
        yield Transition(EXTERNAL, None, effect, State(effect.world, started, late), not effects.processing)

    def _recovery_decides(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        _, running, late, _ = state
        idle = not (running or effects.processing)
        if (effect := effects.overtakes if running else effects.recovers) is not None:
            after = State(effect.world, running, late, effect.label != PARKS)
            yield Transition(EXTERNAL, None, effect, after, idle and effects.sweeper_sees)
        if (effect := effects.resumes) is not None:
            after = State(effect.world, running, late, starting=True)
            yield Transition(EXTERNAL, None, effect, after, idle)

    def _strays(self, state: State, effects: EffectCache) -> Iterator[Transition]:
        world, running, late, starting = state
        if len(late) < self._bounds.strays:
            for effect in effects.strays:
                after = State(world, running, swapped(late, None, effect.late), starting)
                yield Transition(EXTERNAL, None, effect, after, fair=False)
