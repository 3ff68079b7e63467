"""What can happen in one world."""

from verification.model import surroundings as around
from verification.model.effects import Effect, fault, of_execution, of_late
from verification.model.rules import Bounds, Rules
from verification.model.state import PENDING, PROCESSING, Invocation, World


class Here:
    """All effects that are possible here, computed once: they do not depend on who else is running."""

    def __init__(self, world: World, rules: Rules, bounds: Bounds) -> None:
        self.world, self._rules = world, rules
        self.processing = PROCESSING in world.intents
        self.settles = tuple(around.settles(world))
        self.expires = around.expires(world, rules)
        self.relays = around.relays(world)
        self.recovers = around.recovers(world, rules, bounds.recoveries)
        self.overtakes = self.recovers and around.overtaking(self.recovers)
        self.resumes = around.resumes(world)
        self.starts_anew = around.starts_anew(world, rules)
        self.starter_dies = fault(world, around.STARTER_DIES)
        self.strays = tuple(around.strays(world))
        self.sweeper_sees = rules.sweeper_sees_cancelling or world.order == PENDING
        self._executions: dict[Invocation, tuple[Effect, ...]] = {}
        self._late: dict[Invocation, tuple[Effect, ...]] = {}

    def of_execution(self, invocation: Invocation) -> tuple[Effect, ...]:
        """All that can happen next to a live execution."""
        if (effects := self._executions.get(invocation)) is None:
            effects = self._executions[invocation] = tuple(of_execution(self.world, invocation, self._rules))
        return effects

    def of_late(self, invocation: Invocation) -> tuple[Effect, ...]:
        """All that can happen next to a late invocation."""
        if (effects := self._late.get(invocation)) is None:
            effects = self._late[invocation] = tuple(of_late(self.world, invocation, self._rules))
        return effects
