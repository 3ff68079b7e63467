"""Where a run departs from the default order: another actor runs, something fails, the environment acts."""

from collections.abc import Iterable
from functools import partial

from verification.simulator.environment.environment_actions import ENVIRONMENT_ACTIONS, perform
from verification.simulator.faults.fault_injection import ABORTED, TIMED_OUT, Action, applicable_faults, end_execution
from verification.simulator.names.operation_names import READS
from verification.simulator.schedule.driver import Driver
from verification.simulator.world.scheduler import Actor

type Options = dict[str, list[Action]]  # by name: first a name is drawn, then one of its actions

CHOICES = 100_000
ANYWHERE = 3  # one in so many deviations may come before any call, the others only before a write
WAKE, SWITCH = "suspended invocation continues", "context switch"
ENVIRONMENT_NAMES = (*ENVIRONMENT_ACTIONS, WAKE, SWITCH)


class Deviations:
    """Draws deviations, within the plan's budget of faults."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._sim = driver.sim
        self._faults_left = driver.sim.plan.fault_budget

    def play(self) -> None:
        """Run in the default order, except for the plan's deviations."""
        plan = self._sim.plan
        self._run(plan.start)
        for _ in range(plan.deviations):
            if plan.pick(ANYWHERE) < ANYWHERE - 1:
                self._run_to_a_write()
            self._deviate(plan.pick(CHOICES))
            self._run(plan.pick(plan.gap))

    def _run(self, calls: int) -> None:
        for _ in range(calls):
            if self._sim.violations or not self._driver.step():
                return

    def _run_to_a_write(self) -> None:
        """Skip reads: what matters is mostly what happens between a read and a write."""
        while not self._sim.violations:
            actor = self._sim.scheduler.next()
            if actor is None or (actor.pending and actor.pending.api not in READS) or not self._driver.step():
                return

    def _deviate(self, choice: int) -> None:
        """Take one of the deviations that are possible now; 0 is none."""
        faults = self._faults()
        kinds = [options for options in (faults, self._switches(), faults, self._environment(), faults) if options]
        if not choice or not kinds or self._sim.violations:
            return
        rest, kind = divmod(choice - 1, len(kinds))
        rest, name = divmod(rest, len(kinds[kind]))
        actions = list(kinds[kind].values())[name]
        actions[rest % len(actions)]()

    def _switches(self) -> Options:
        default = self._sim.scheduler.next()
        others = [actor for actor in self._sim.scheduler.actors if actor.ready and actor is not default]
        return _by_name((WAKE if each.suspended else SWITCH, partial(self._switch_to, each)) for each in others)

    def _switch_to(self, actor: Actor) -> None:
        self._sim.coverage.count("environment", WAKE if actor.suspended else SWITCH)
        actor.suspended = False
        self._sim.scheduler.current = actor

    def _faults(self) -> Options:
        if not self._faults_left:
            return {}
        actor = self._sim.scheduler.next()
        faults = list(applicable_faults(self._sim, actor)) if actor else []
        for running in self._sim.sfn.running():
            faults += [(name, partial(end_execution, self._sim, running, name)) for name in (ABORTED, TIMED_OUT)]
        return _by_name((name, partial(self._inject, act)) for name, act in faults if name in self._sim.plan.faults)

    def _inject(self, fault: Action) -> None:
        self._faults_left -= 1
        fault()

    def _environment(self) -> Options:
        names = (name for name in ENVIRONMENT_ACTIONS if name in self._sim.plan.environment)
        actions = ((name, action) for name in names for action in ENVIRONMENT_ACTIONS[name](self._sim))
        return _by_name((name, partial(perform, self._sim, name, action)) for name, action in actions)


def _by_name(actions: Iterable[tuple[str, Action]]) -> Options:
    options: Options = {}
    for name, action in actions:
        options.setdefault(name, []).append(action)
    return options
