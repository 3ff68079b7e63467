"""Races of every step of the table: with its like, with what undoes it, and with the decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagakit.step import Effect, Forward, Outcome
from tests.prove.choices import NO, STOCK, WHIMS, Focus
from tests.prove.drills import MANY
from tests.prove.sites import CANCELS, CONFIRMS, FAILS, REQUESTED, UNDOES, at, site
from tests.prove.strikes import FALLS_ASLEEP
from tests.prove.table import NEXT, SAGA, STEPS

WRONG = (0, 2_000)  # milliseconds by which clocks are: more than a race takes

_RACE = Focus(tokens=("pm_declined",), orders=(1,), ambushes=MANY, deviations=(0,), quantities=(1,), whims=(0,))
_TWINS = replace(_RACE, faults=(FALLS_ASLEEP, "second execution"), orders=(2,), quantities=(2, STOCK), whims=WHIMS)
_OUT_OF_TURN = replace(_RACE, faults=("stray step", FALLS_ASLEEP), skews=WRONG)
_UNDOING = (*2 * ("stray step", FALLS_ASLEEP), "customer cancels")
# Each effect, and where it is looked whether it may be undone.
LOOKS = [(step, site(undo, "reads sagas")) for step, undo in SAGA.steps if isinstance(step, Effect)]

# A step is refused and done by two executions at once: what it asks for comes back, or goes, between them.
REFUSED_LATE = tuple(
    replace(_TWINS, sites=(site(step, no), at(NEXT[step.state])[0], FAILS))
    for step in STEPS
    for no in step.refusals.values()
)
DONE_LATE = tuple(
    replace(_TWINS, sites=(at(NEXT[step.state])[0], site(step), CANCELS)) for step in STEPS if step.refusals
)

ASTRAY = tuple(replace(_OUT_OF_TURN, sites=(site(step), site(undo))) for step, undo in SAGA.steps if step in STEPS)
STRAY_UNDOING = (
    *(replace(race, tokens=("pm_ok",), faults=_UNDOING) for race in ASTRAY),
    *(
        replace(_OUT_OF_TURN, tokens=("pm_ok",), faults=_UNDOING, sites=(site(step, step.intent), site(step), reads))
        for step, reads in LOOKS
    ),
)
UNDONE_LATE = tuple(
    replace(_OUT_OF_TURN, faults=("second execution", FALLS_ASLEEP), sites=(reads, FAILS)) for _, reads in LOOKS
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


def _after(step: Forward, event: str) -> str:
    """Give a site that is passed soon after the step has recorded this."""
    if step.events[event] is Outcome.REFUSED:
        return CANCELS
    return at(NEXT[step.state])[0] if event == step.event else site(step)


MEANWHILE = tuple(
    cancelled_at(site(step, event), _after(step, event), **_ways(step, event))
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
