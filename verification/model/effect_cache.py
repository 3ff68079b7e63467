"""The possible effects in one world, cached."""

from collections.abc import Iterable

from verification.model import external
from verification.model.effects import Effect, of_execution, of_late
from verification.model.rules import Rules
from verification.model.state import PROCESSING, Invocation, World


class EffectCache:
    """All effects that are possible in a world, computed once: they do not depend on the other invocations.

    While the gateway is processing, liveness counts only on its settling, however often the steps retry or pause.
    """

    def __init__(self, world: World, rules: Rules) -> None:
        self._world, self._rules = world, rules
        self._processing = PROCESSING in world.intents
        settles = tuple(external.settles(world))
        self.idle = settles + self._while_processing(external.others(world, rules, idle=True))
        self.beside = settles + self._while_processing(external.others(world, rules, idle=False))
        self.strays = tuple(external.strays(world))
        self.endless = self._processing and world.is_open and not external.ends_wait(world, rules)
        self._executions: dict[Invocation, tuple[Effect, ...]] = {}
        self._late: dict[Invocation, tuple[Effect, ...]] = {}

    def of_execution(self, invocation: Invocation) -> tuple[Effect, ...]:
        """Return everything that can happen next to a live execution."""
        if (effects := self._executions.get(invocation)) is None:
            effects = self._while_processing(of_execution(self._world, invocation, self._rules))
            self._executions[invocation] = effects
        return effects

    def of_late(self, invocation: Invocation) -> tuple[Effect, ...]:
        """Return everything that can happen next to a late invocation."""
        if (effects := self._late.get(invocation)) is None:
            effects = self._while_processing(of_late(self._world, invocation, self._rules))
            self._late[invocation] = effects
        return effects

    def _while_processing(self, effects: Iterable[Effect]) -> tuple[Effect, ...]:
        return tuple(effect._replace(fair=False) if self._processing else effect for effect in effects)
