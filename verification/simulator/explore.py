"""One schedule, from what is drawn to what is found."""

from collections.abc import Sequence

from verification.simulator import endgame
from verification.simulator.choices import Focus, Pick, plan
from verification.simulator.deviations import Deviations
from verification.simulator.run import Run
from verification.simulator.schedule import Schedule
from verification.simulator.tally import Tally


class Violation(Exception):
    """A schedule broke an invariant."""

    def __init__(self, found: list[str], story: list[str], plan: str) -> None:
        super().__init__(found, story, plan)
        self.found = found
        self.story = story
        self.plan = plan
        self.picks: list[int] = []  # what was drawn


def explore(pick: Pick, themes: Sequence[Focus], tally: Tally, without: frozenset[str] = frozenset()) -> Run:
    """Play one schedule.

    Raises:
        Violation: an invariant does not hold.
    """
    with Run(plan(pick, themes), tally, without) as run:
        schedule = Schedule(run)
        for wish in run.plan.wishes:
            run.people.place(wish)
        Deviations(schedule).play()
        endgame.play(schedule)
    if run.watch.found:
        raise Violation([run.story.named(each) for each in run.watch.found], list(run.story.lines()), str(run.plan))
    return run
