"""The default order of a run: the current actor runs to its end, then the next one, then the environment."""

from copy import copy
from functools import partial

from verification.simulator.environment.environment_actions import ENVIRONMENT_ACTIONS, perform
from verification.simulator.environment.environment_effects import report_execution
from verification.simulator.faults.fault_injection import ABORTED, Action, applicable_faults, end_execution
from verification.simulator.run_plan import TargetedFault
from verification.simulator.world.queues import Queues
from verification.simulator.world.scheduler import Actor
from verification.simulator.world.simulation import Simulation
from verification.simulator.world.step_functions import MACHINE

MAX_STEPS = 10_000  # in a run that should have become idle


class Driver:
    """Runs a simulation step by step, and injects the plan's targeted faults."""

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        self._aborts_left = sim.plan.aborts
        self._targeted = [copy(each) for each in sim.plan.targeted]
        self._steps = 0

    def run_until_idle(self) -> None:
        """Run until nothing is left to run. What is suspended before a targeted fault stays suspended."""
        while not self.sim.violations and self.step():
            self.sim.scheduler.faults_over = not self._targeted
            if self._steps > MAX_STEPS:
                self.sim.violations.append("the run never becomes idle")

    def step(self) -> bool:
        """Run the next actor up to its next call; return False if nothing is left to run."""
        actor = self.sim.scheduler.next()
        if actor is None:
            return self._default_environment()
        self._steps += 1
        fault = self._targeted_fault(actor)
        if fault:
            fault()
        elif self._is_aborted(actor):
            self._aborts_left -= 1
            end_execution(self.sim, actor, ABORTED)
        else:
            if actor.pending:
                self.sim.coverage.sites[actor.site] += 1
            self.sim.scheduler.run(actor, actor.recurring_fault())
        return True

    def stop_faults(self) -> None:
        """Inject no more of the planned faults."""
        self._targeted, self._aborts_left = [], 0

    def _targeted_fault(self, actor: Actor) -> Action | None:
        """Return the targeted fault whose turn it is at this site."""
        for target in [each for each in self._targeted if each.site == actor.site]:
            target.skip -= 1
            if target.skip < 0:
                self._targeted.remove(target)
                return self._action(target, actor)
        return None

    def _action(self, target: TargetedFault, actor: Actor) -> Action | None:
        ways = [action for name, action in applicable_faults(self.sim, actor) if name == target.name]
        if options := ENVIRONMENT_ACTIONS.get(target.name):
            ways += [partial(perform, self.sim, target.name, action) for action in options(self.sim)]
        return ways[target.variant % len(ways)] if ways else None

    def _is_aborted(self, actor: Actor) -> bool:
        """Return whether the plan aborts this execution here: at its first call, or at a later one."""
        return bool(self._aborts_left) and actor.function.endswith(MACHINE) and actor.calls > self._aborts_left % 3

    def _default_environment(self) -> bool:
        """Let the stream, EventBridge and the queues deliver, then wake an actor that is only suspended."""
        sim = self.sim
        suspended = [actor for actor in sim.scheduler.actors if actor.ready and not actor.abandoned]
        # During an outage, a batch that failed is not delivered again until time passes: it would fail for ever.
        waiting = [each for each in sim.stream.consumers if each.failed and sim.is_down]
        pending = [each for each in sim.stream.consumers if each.pending and each not in waiting]
        consumers = pending if not sim.stream.is_down else []
        if consumers:
            consumers[0].deliver(consumers[0].next_batch())
        elif sim.sfn.unreported:
            report_execution(sim, sim.sfn.unreported[0])
        elif isinstance(sim.sfn, Queues) and sim.sfn.next_delivery(soon=True):
            pass
        elif suspended:
            suspended[0].suspended = False
        else:
            return isinstance(sim.sfn, Queues) and sim.sfn.next_delivery(soon=False)
        return True
