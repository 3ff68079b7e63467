"""A run's usual course: the same actor goes on until it ends, then the next, then the surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from verification.simulator.moves import MOVES, make
from verification.simulator.strikes import ABORTED, end, possible
from verification.simulator.surroundings import tell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verification.simulator.actors import Actor
    from verification.simulator.run import Run
    from verification.simulator.strikes import Act

MOST_STEPS = 10_000  # of a run that ought to have come to rest
BATCH = 3  # stream records at a time


@dataclass(eq=False)
class _Ambush:
    """An act that waits at a site until so many have been spared."""

    site: str
    spared: int
    act: str
    way: int


class Schedule:
    """Lets one after the other go on, into the ambushes of the plan."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._deaths_left = run.plan.deaths
        self._ambushes = [_Ambush(*ambush) for ambush in run.plan.ambushes]
        self._steps = 0

    def rest(self) -> None:
        """Go on until nothing moves; who is late sleeps on. Where no ambush is left, only executions still stop."""
        while not self.run.watch.found and self.step():
            self.run.stage.calm = not self._ambushes
            if self._steps > MOST_STEPS:
                self.run.watch.found.append("the run does not come to rest")

    def step(self) -> bool:
        """Let the next one go on to its next call; False when nothing moves."""
        actor = self.run.stage.next()
        if actor is None:
            return self._naturally()
        self._steps += 1
        ambush = self._ambush(actor)
        if ambush:
            ambush()
        elif self._dies(actor):
            self._deaths_left -= 1
            end(self.run, actor, ABORTED)
        else:
            self._go_on(actor)
        return True

    def calm_down(self) -> None:
        """Let nothing more happen that was planned."""
        self._ambushes, self._deaths_left = [], 0

    def _go_on(self, actor: Actor) -> None:
        if actor.pending:
            self.run.tally.sites[actor.site] += 1
        self.run.stage.go_on(actor, actor.stuck())

    def _ambush(self, actor: Actor) -> Act | None:
        """Find the ambush that is laid where the actor stands, if this is its time."""
        for ambush in [each for each in self._ambushes if each.site == actor.site]:
            ambush.spared -= 1
            if ambush.spared < 0:
                self._ambushes.remove(ambush)
                ways = [
                    act for name, act in (*possible(self.run, actor), *self._offers(ambush.act)) if name == ambush.act
                ]
                return ways[ambush.way % len(ways)] if ways else None
        return None

    def _offers(self, name: str) -> Iterator[tuple[str, Act]]:
        """Give the ways in which the surroundings can make this move now."""
        for move in (move for move in MOVES if move.name == name):
            yield from ((name, partial(make, self.run, name, act)) for act in move.offers(self.run))

    def _dies(self, actor: Actor) -> bool:
        """Tell whether an execution dies here of itself: at its first call, or at a later one."""
        return bool(self._deaths_left) and actor.function == "OrderSaga" and actor.calls > self._deaths_left % 3

    def _naturally(self) -> bool:
        """Let the stream and EventBridge do what they do by themselves, then wake who only slept."""
        run = self.run
        asleep = [actor for actor in run.stage.actors if actor.ready and not actor.late]
        if run.stream.pending and not run.plan.relay_down:
            run.stream.deliver(run.stream.pending[:BATCH])
        elif run.sfn.untold:
            tell(run, run.sfn.untold[0])
        elif asleep:
            asleep[0].asleep = False
        else:
            return False
        return True
