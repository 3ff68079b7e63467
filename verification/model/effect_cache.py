"""The possible effects in one world, cached."""

from verification.model import external
from verification.model.effects import Effect, fault, of_execution, of_late
from verification.model.rules import Bounds, Rules
from verification.model.state import PENDING, PROCESSING, Invocation, World


class EffectCache:
    """All effects that are possible in a world, computed once: they do not depend on the other invocations."""

    def __init__(self, world: World, rules: Rules, bounds: Bounds) -> None:
        self.world, self._rules = world, rules
        self.processing = PROCESSING in world.intents
        self.settles = tuple(external.settles(world))
        self.expires = external.expires(world, rules)
        self.relays = external.relays(world)
        self.recovers = external.recovers(world, rules, bounds.recoveries)
        self.overtakes = self.recovers and external.overtaking(self.recovers)
        self.resumes = external.resumes(world)
        self.restarts = external.restarts(world, rules)
        self.starter_dies = fault(world, external.STARTER_DIES)
        self.strays = tuple(external.strays(world))
        self.sweeper_sees = rules.sweeper_sees_cancelling or world.order == PENDING
        self._executions: dict[Invocation, tuple[Effect, ...]] = {}
        self._late: dict[Invocation, tuple[Effect, ...]] = {}

    def of_execution(self, invocation: Invocation) -> tuple[Effect, ...]:
        """Return everything that can happen next to a live execution."""
        if (effects := self._executions.get(invocation)) is None:
            effects = self._executions[invocation] = tuple(of_execution(self.world, invocation, self._rules))
        return effects

    def of_late(self, invocation: Invocation) -> tuple[Effect, ...]:
        """Return everything that can happen next to a late invocation."""
        if (effects := self._late.get(invocation)) is None:
            effects = self._late[invocation] = tuple(of_late(self.world, invocation, self._rules))
        return effects
