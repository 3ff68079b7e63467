"""Races of every step of the table: with its like, with what undoes it, and with the decisions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagakit.step import Effect, Forward, Outcome
from verification.simulator.choices import NO, STOCK, WHIMS, Focus
from verification.simulator.drills import MANY
from verification.simulator.sites import CANCELS, CONFIRMS, FAILS, REQUESTED, UNDOES, at, site
from verification.simulator.strikes import FALLS_ASLEEP
from verification.simulator.table import NEXT, SAGA, STEPS

WRONG = (0, 2_000)  # milliseconds by which clocks are: more than a race takes

_RACE = Focus(tokens=("pm_declined",), orders=(1,), ambushes=MANY, deviations=(0,), quantities=(1,), whims=(0,))
_TWINS = replace(_RACE, faults=(FALLS_ASLEEP, "second execution"), orders=(2,), quantities=(2, STOCK), whims=WHIMS)
_OUT_OF_TURN = replace(_RACE, faults=("stray step", FALLS_ASLEEP), skews=WRONG)
_UNDOING = (*2 * ("stray step", FALLS_ASLEEP), "customer cancels")
# Where a compensation looks before it undoes something outside, by what it undoes.
LOOKS: Mapping[Forward, str] = {
    step: site(undo, "reads sagas") for step, undo in SAGA.steps if isinstance(step, Effect)
}

# A step is refused and done by two executions at once: what it asks for comes back, or goes, between them.
REFUSED_LATE = tuple(
    replace(_TWINS, sites=(site(step, no), at(NEXT[step.state])[0], FAILS))
    for step in STEPS
    for no in step.refusals.values()
)
DONE_LATE = tuple(
    replace(_TWINS, sites=(at(NEXT[step.state])[0], site(step), CANCELS)) for step in STEPS if step.refusals
)

# What undoes a step is called before that leaves its first trace.
ASTRAY = tuple(
    replace(_OUT_OF_TURN, sites=(site(step, step.traces[0]), LOOKS.get(step, site(undo)))) for step, undo in SAGA.steps
)
STRAY_UNDOING = tuple(
    replace(race, tokens=("pm_ok",), faults=_UNDOING, sites=tuple(dict.fromkeys((*race.sites, site(step)))))
    for race, step in zip(ASTRAY, SAGA.forward, strict=True)
)
UNDONE_LATE = tuple(
    replace(_OUT_OF_TURN, faults=("second execution", FALLS_ASLEEP), sites=(looks, FAILS)) for looks in LOOKS.values()
)
CONFIRMED_BEFORE_DONE = tuple(
    replace(_OUT_OF_TURN, tokens=("pm_ok",), sites=(site(step), CONFIRMS)) for step in SAGA.forward
)
FAILED_BEFORE_UNDONE = tuple(replace(_OUT_OF_TURN, sites=(undoes, FAILS)) for undoes in UNDOES)


def cancelled_at(step: str, *rest: str, **ways: Any) -> Focus:
    """Let a cancellation come between a step's reading and its writing, or the step between those of a cancellation."""
    faults, sites = ("customer cancels", FALLS_ASLEEP), (step, REQUESTED, *rest)
    return replace(_RACE, **{"tokens": ("pm_ok",), "faults": faults, "skews": WRONG, "sites": sites, **ways})


def _ways(step: Forward, event: str) -> Mapping[str, Any]:
    """Say how the step comes to this event."""
    return NO.get(event, {"whims": (int(step.events[event] is Outcome.REFUSED),)})


def _next(step: Forward, event: str) -> str:
    """Give the site where the execution can be held up after this event."""
    return CANCELS if step.events[event] is Outcome.REFUSED else at(NEXT[step.state])[0]


MEANWHILE = tuple(
    cancelled_at(site(step, event), site(step, "reads events"), _next(step, event), **_ways(step, event))
    for step in SAGA.forward
    for event in step.guarded
)
SETTLED_MEANWHILE = tuple(
    cancelled_at(site(step, event), site(undo), site(step, "reads events"), **_ways(step, event))
    for step, undo in SAGA.steps
    for event in step.events
    if event not in step.guarded
)
CONFIRMED_MEANWHILE = cancelled_at(CONFIRMS, UNDOES[0])
