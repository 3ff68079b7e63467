"""Races of every step: with a duplicate of itself, with its compensation, and with the decisions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sagakit.step import Effect, Forward, Outcome
from verification.simulator.faults.fault_injection import SUSPENDED
from verification.simulator.names.saga_table import EFFECTS, NEXT_STATE, SAGA, STEPS
from verification.simulator.names.write_sites import CANCELS, COMPENSATES, CONFIRMS, FAILS, REQUESTS, saga_sites, site
from verification.simulator.profiles.every_write import MANY
from verification.simulator.run_plan import FORCED_REFUSALS, REFUSAL_INPUTS, STOCK, Profile

LARGE_SKEWS = (0, 2_000)  # milliseconds; a race is shorter

_RACE = Profile(tokens=("pm_declined",), orders=(1,), targeted=MANY, deviations=(0,), quantities=(1,), refusals=(0,))
_DUPLICATES = replace(
    _RACE, faults=(SUSPENDED, "duplicate execution"), orders=(2,), quantities=(2, STOCK), refusals=FORCED_REFUSALS
)
_OUT_OF_TURN = replace(_RACE, faults=("step out of turn", SUSPENDED), skews=LARGE_SKEWS)
# Where a compensation looks before it undoes an effect, by the effect.
READS_BEFORE_UNDOING: Mapping[Forward, str] = {
    step: site(undo, "reads sagas") for step, undo in SAGA.steps if isinstance(step, Effect)
}


def _first_site_after(step: Forward) -> str:
    return saga_sites(NEXT_STATE[step.state])[0]


# Two executions run a step; one is refused, one succeeds: what it needs becomes available, or is taken, in between.
REFUSED_LATE = tuple(
    replace(_DUPLICATES, sites=(site(step, refusal), _first_site_after(step), FAILS))
    for step in STEPS
    for refusal in step.refusals.values()
)
DONE_LATE = tuple(
    replace(_DUPLICATES, sites=(_first_site_after(step), site(step), CANCELS)) for step in STEPS if step.refusals
)

# Another execution takes over while one is suspended between two reads, and confirms the order.
CONFIRMED_BY_ANOTHER = replace(
    _DUPLICATES,
    tokens=("pm_ok",),
    orders=(1,),
    quantities=(1,),
    sites=tuple(each for effect in EFFECTS for each in (site(effect, "reads sagas"), site(effect, effect.intent))),
)

# A cancellation overtakes the result of an effect, and another execution records it meanwhile.
SETTLED_BY_ANOTHER = replace(
    CONFIRMED_BY_ANOTHER,
    faults=(*2 * (SUSPENDED,), "duplicate execution", "customer cancels"),
    targeted=(12, 16),
    deviations=(16, 32),
    budgets=(0,),
    starts=(40, 60),
    sites=(*2 * ("ProcessPayment: PaymentCharged",), "ProcessPayment: reads events", "PublishEvents: PutEvents"),
)

# Two executions learn that the gateway has created another intent than it was asked for.
MISMATCHED_TWICE = replace(
    CONFIRMED_BY_ANOTHER,
    tokens=("pm_wrong_currency",),
    sites=("ProcessPayment: PaymentMismatched", "ProcessPayment: gateway creates intent"),
)

# The compensation of a step runs before the step's first event.
COMPENSATED_EARLY = tuple(
    replace(_OUT_OF_TURN, sites=(site(step, step.traces[0]), READS_BEFORE_UNDOING.get(step, site(undo))))
    for step, undo in SAGA.steps
)
COMPENSATED_OUT_OF_TURN = tuple(
    replace(
        race,
        tokens=("pm_ok",),
        faults=(*2 * ("step out of turn", SUSPENDED), "customer cancels"),
        sites=tuple(dict.fromkeys((*race.sites, site(step)))),
    )
    for race, step in zip(COMPENSATED_EARLY, SAGA.forward, strict=True)
)
# The history of a compensation lacks the step, but has the decision to cancel.
TORN_READS = tuple(
    replace(
        _OUT_OF_TURN,
        tokens=("pm_ok",),
        faults=("step out of turn", "torn read", "customer cancels", SUSPENDED),
        sites=(site(step, step.traces[0]), site(undo, "reads events"), _first_site_after(step), site(undo)),
    )
    for step, undo in SAGA.steps
)
COMPENSATED_LATE = tuple(
    replace(_OUT_OF_TURN, faults=("duplicate execution", SUSPENDED), sites=(reads, FAILS))
    for reads in READS_BEFORE_UNDOING.values()
)
CONFIRMED_BEFORE_DONE = tuple(
    replace(_OUT_OF_TURN, tokens=("pm_ok",), sites=(site(step), CONFIRMS)) for step in SAGA.forward
)
FAILED_BEFORE_COMPENSATED = tuple(replace(_OUT_OF_TURN, sites=(undo, FAILS)) for undo in COMPENSATES)


def cancelled_during(step: str, *sites: str, **options: Any) -> Profile:
    """Race a cancellation with a step: either one comes between the other's read and write."""
    base = replace(_RACE, tokens=("pm_ok",), faults=("customer cancels", SUSPENDED), skews=LARGE_SKEWS)
    return replace(base, sites=(step, REQUESTS, *sites), **options)


def _options(step: Forward, event: str) -> Mapping[str, Any]:
    """Return the options that make the step record this event."""
    return REFUSAL_INPUTS.get(event, {"refusals": (int(step.events[event] is Outcome.REFUSED),)})


def _next_site(step: Forward, event: str) -> str:
    """Return the site where the execution can be suspended after this event."""
    return CANCELS if step.events[event] is Outcome.REFUSED else _first_site_after(step)


CANCELLED_MEANWHILE = tuple(
    cancelled_during(site(step, event), site(step, "reads events"), _next_site(step, event), **_options(step, event))
    for step in SAGA.forward
    for event in step.guarded
)
SETTLED_MEANWHILE = tuple(
    cancelled_during(site(step, event), site(undo), site(step, "reads events"), **_options(step, event))
    for step, undo in SAGA.steps
    for event in step.events
    if event not in step.guarded
)
CONFIRMED_MEANWHILE = cancelled_during(CONFIRMS, COMPENSATES[0])
