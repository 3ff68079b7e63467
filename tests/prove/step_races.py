"""Races of every step of the table: with its like, with what undoes it, and with the decisions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sagakit.step import Outcome
from tests.prove.choices import AT_WILL, NO, STOCK, Focus
from tests.prove.drills import MANY
from tests.prove.sites import CANCELS, CONFIRMS, FAILS, REQUESTED, UNDOES, at, site
from tests.prove.strikes import FALLS_ASLEEP
from tests.prove.table import EFFECTS, NEXT, SAGA, STEPS

if TYPE_CHECKING:
    from sagakit.step import Forward

WRONG = (0, 2_000)  # milliseconds by which clocks are: more than a race takes

# Where a step leaves its traces, and what undoes it looks, before it acts outside, and writes.
PAIRS = {
    step: (
        *dict.fromkeys(site(step, event) for event in (step.traces[0], step.event)),
        *((site(undo, "reads sagas"),) if step in EFFECTS else ()),
        site(undo),
    )
    for step, undo in SAGA.steps
}

_RACE = Focus(tokens=("pm_declined",), orders=(1,), ambushes=MANY, deviations=(0,), quantities=(1,))
_TWINS = replace(_RACE, faults=(FALLS_ASLEEP, "second execution"), orders=(2,), quantities=(2, STOCK))
_OUT_OF_TURN = replace(_RACE, faults=(*2 * ("stray step",), FALLS_ASLEEP), skews=WRONG)
_UNDONE_OUT_OF_TURN = replace(_OUT_OF_TURN, tokens=("pm_ok",), faults=(*_OUT_OF_TURN.faults, "customer cancels"))

# A step is refused and done by two executions at once: what it asks for comes back, or goes, between them.
REFUSED_LATE = tuple(
    replace(_TWINS, sites=(site(step, no), at(NEXT[step.state])[0], FAILS))
    for step in STEPS
    for no in step.refusals.values()
)
DONE_LATE = tuple(
    replace(_TWINS, sites=(at(NEXT[step.state])[0], site(step), CANCELS)) for step in STEPS if step.refusals
)

ASTRAY = tuple(replace(_OUT_OF_TURN, sites=PAIRS[step]) for step in STEPS)
STRAY_UNDOING = tuple(replace(_UNDONE_OUT_OF_TURN, sites=pair) for pair in PAIRS.values())
UNDONE_LATE = tuple(
    replace(_OUT_OF_TURN, faults=("second execution", FALLS_ASLEEP), sites=(site(undo, "reads sagas"), FAILS))
    for undo in SAGA.compensations
    if undo.undoes in EFFECTS
)
CONFIRMED_BEFORE_DONE = tuple(
    replace(_OUT_OF_TURN, tokens=("pm_ok",), sites=(site(step), CONFIRMS)) for step in SAGA.forward
)
FAILED_BEFORE_UNDONE = tuple(replace(_OUT_OF_TURN, sites=(undoes, FAILS)) for undoes in UNDOES)


def cancelled_at(step: str, rest: str, **ways: Any) -> Focus:
    """Let a cancellation come between a step's reading and its writing, or the step between those of a cancellation."""
    faults, sites = ("customer cancels", FALLS_ASLEEP), (step, REQUESTED, rest)
    return replace(_RACE, **{"tokens": ("pm_ok",), "faults": faults, "skews": WRONG, "sites": sites, **ways})


def _after(step: Forward, event: str) -> str:
    """Give a site that is passed soon after the step has recorded this."""
    if step.events[event] is Outcome.REFUSED:
        return CANCELS
    return at(NEXT[step.state])[0] if event == step.event else site(step)


MEANWHILE = tuple(
    cancelled_at(site(step, event), _after(step, event), **NO.get(event, AT_WILL))
    for step in SAGA.forward
    for event in step.guarded
)
SETTLED_MEANWHILE = tuple(
    cancelled_at(site(step, event), site(undo), **NO.get(event, AT_WILL))
    for step, undo in SAGA.steps
    for event in step.events
    if event not in step.guarded
)
CONFIRMED_MEANWHILE = cancelled_at(CONFIRMS, UNDOES[0])
