"""Where a run leaves its usual course: somebody else goes on, something fails, the surroundings make a move."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from verification.simulator.labels import READS
from verification.simulator.moves import MOVES, make
from verification.simulator.strikes import ABORTED, TIMED_OUT, end, possible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from verification.simulator.actors import Actor
    from verification.simulator.schedule import Schedule
    from verification.simulator.strikes import Act

    type Options = dict[str, list[Act]]  # by name; a name is chosen first

ACTIONS = 100_000
ANYWHERE = 3  # one deviation in so many may come at any call
LATE, ANOTHER = "a late or sleeping invocation wakes", "another one goes on"
MOVE_NAMES = (*(move.name for move in MOVES), LATE, ANOTHER)


class Deviations:
    """The ways to leave the usual course, and how many faults the run still has in store."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._run = schedule.run
        self._faults_left = self._run.plan.budget

    def play(self) -> None:
        """Run as usual, but for the deviations of the plan."""
        plan = self._run.plan
        self._usually(plan.start)
        for _ in range(plan.deviations):
            if plan.pick(ANYWHERE) < ANYWHERE - 1:
                self._up_to_a_write()
            self._deviate(plan.pick(ACTIONS))
            self._usually(plan.pick(plan.reach))

    def _usually(self, calls: int) -> None:
        for _ in range(calls):
            if self._run.watch.found or not self._schedule.step():
                return

    def _up_to_a_write(self) -> None:
        """Go on while somebody only reads: what matters is mostly what comes between a read and a write."""
        while not self._run.watch.found:
            actor = self._run.stage.next()
            if actor is None or (actor.pending and actor.pending.operation not in READS) or not self._schedule.step():
                return

    def _deviate(self, action: int) -> None:
        """Leave the usual course in one of the ways that there are now; 0 is none."""
        faults = self._faults()
        ways = [options for options in (faults, self._switches(), faults, self._moves(), faults) if options]
        if not action or not ways or self._run.watch.found:
            return
        rest, way = divmod(action - 1, len(ways))
        rest, name = divmod(rest, len(ways[way]))
        acts = list(ways[way].values())[name]
        acts[rest % len(acts)]()

    def _switches(self) -> Options:
        stage, usual = self._run.stage, self._run.stage.next()
        others = [actor for actor in stage.actors if actor.ready and actor is not usual]
        return _by_name((LATE if each.asleep else ANOTHER, partial(self._turn_to, each)) for each in others)

    def _turn_to(self, actor: Actor) -> None:
        self._run.tally.hit("move", LATE if actor.asleep else ANOTHER)
        actor.asleep = False
        self._run.stage.current = actor

    def _faults(self) -> Options:
        if not self._faults_left:
            return {}
        actor = self._run.stage.next()
        faults = list(possible(self._run, actor)) if actor else []
        for execution in self._run.sfn.executions:
            if not execution.actor.over:
                faults += [(name, partial(end, self._run, execution.actor, name)) for name in (ABORTED, TIMED_OUT)]
        return _by_name((name, partial(self._fail, act)) for name, act in faults if name in self._run.plan.faults)

    def _fail(self, act: Act) -> None:
        self._faults_left -= 1
        act()

    def _moves(self) -> Options:
        moves = (move for move in MOVES if move.name in self._run.plan.moves)
        offers = ((move.name, act) for move in moves for act in move.offers(self._run))
        return _by_name((name, partial(make, self._run, name, act)) for name, act in offers)


def _by_name(acts: Iterable[tuple[str, Act]]) -> Options:
    options: Options = {}
    for name, act in acts:
        options.setdefault(name, []).append(act)
    return options
