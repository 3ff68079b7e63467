"""Profiles of returns: concurrent with each other, with everything else, and interrupted at every write."""

from dataclasses import replace

from verification.simulator.faults.fault_injection import ABORTED, SUSPENDED, TASK_TIMEOUT, TIMED_OUT
from verification.simulator.names.saga_table import (
    CONFIRM_RETURN,
    PAUSE_RETURN,
    RETURN,
    RETURN_EFFECTS,
    RETURN_PARKED,
    RETURN_RESUMED,
    RETURN_STATES,
)
from verification.simulator.names.write_sites import saga_sites, site, sites_of
from verification.simulator.profiles.every_write import CRASHES, FEW, MANY
from verification.simulator.profiles.topics import BUSY, LOST, RESUMING, SWEEPS
from verification.simulator.run_plan import ABORTS, FREE, STOCK, Profile

(_REFUND,), (_RESTOCK,) = RETURN_EFFECTS, RETURN.forward[1:]
_ACCEPTS = f"RequestReturn: {RETURN.started}"
_CONFIRMS = f"{CONFIRM_RETURN}: {RETURN.name_for('{}Confirmed')}"
_WAITING = ("pm_return_down", "pm_return_refused", "pm_return_partial", "pm_return_pending")

RETURNING = Profile(
    tokens=("pm_ok", "pm_ok", "pm_return_flaky", *_WAITING),
    faults=(SUSPENDED, TASK_TIMEOUT, *LOST, *BUSY),
    environment=("customer returns", "gateway restored", "duplicate execution", "step out of turn", *SWEEPS),
    orders=(1,),
    quantities=(1, 2, STOCK),
    starts=(90, 120, 200),
    sites=sites_of("RequestReturn", *RETURN_STATES, PAUSE_RETURN),
    returns=(1, 2, 3),
)
RETURNED_AT_ONCE = replace(
    RETURNING,
    tokens=("pm_ok",),
    faults=("customer returns", SUSPENDED),
    environment=("customer returns",),
    deviations=FEW,
    targeted=MANY,
    budgets=(0,),
    returns=(2, 3),
    sites=(_ACCEPTS, "RequestReturn: reads events"),
)
REFUNDED_AT_ONCE = replace(
    RETURNED_AT_ONCE,
    tokens=("pm_ok", "pm_return_flaky"),
    faults=(SUSPENDED, "duplicate execution"),
    environment=("duplicate execution",),
    sites=("RefundReturn: gateway refunds", site(_REFUND), site(_REFUND, _REFUND.intent), site(_RESTOCK)),
)
RETURN_CRASHES = replace(
    RETURNING,
    tokens=("pm_ok", "pm_return_flaky"),
    faults=CRASHES,
    environment=(),
    targeted=MANY,
    deviations=(0,),
    sites=(_ACCEPTS, *saga_sites(*RETURN_STATES)),
)
RETURN_WAITS = replace(
    RETURN_CRASHES,
    tokens=_WAITING,
    faults=(*CRASHES, "operator resumes"),
    environment=("operator resumes", "gateway restored", "sweep after an execution", "patience over"),
    deviations=FEW,
    budgets=(0,),
    sites=(*sites_of(PAUSE_RETURN), f"ResumeOrder: {RETURN_RESUMED}"),
)
RETURN_PATIENCE = replace(
    RETURN_WAITS,
    tokens=("pm_return_down", "pm_return_pending"),
    faults=CRASHES,
    environment=("patience over", "sweep after an execution"),
    sites=(f"SweepOrders: {RETURN_PARKED}", f"SweepOrders: {RETURN_RESUMED}"),
)
RETURN_ABORTED = replace(
    RETURN_CRASHES,
    faults=(*CRASHES, *4 * (ABORTED,), *2 * (TIMED_OUT,)),
    environment=("execution reported", "operator resumes"),
    express=(False,),
    sites=(
        *saga_sites(*RETURN_STATES),
        *(f"RecoverOrder: {event}" for event in (RETURN_PARKED, RETURN_RESUMED)),
    ),
)
RETURN_CIRCUIT = replace(
    RETURN_CRASHES,
    tokens=("pm_return_down", "pm_return_flaky"),
    environment=("circuit opens", "seconds pass"),
    deviations=(16, 32),
    budgets=(0,),
    starts=(120, 160),
    always=("circuit opens",),
    sites=tuple(each for each in sites_of("RefundReturn") if "circuit" in each),
)
RETURN_RACES = replace(
    RETURNING,
    tokens=("pm_ok", "pm_return_refused", "pm_return_down"),
    faults=(SUSPENDED, "duplicate execution", "step out of turn", "operator resumes"),
    environment=("duplicate execution", "step out of turn", *RESUMING),
    targeted=MANY,
    deviations=FEW,
    budgets=(0,),
    aborts=(0, 0, ABORTS),
    skews=(0, 2_000),
    returns=(1, 2),
    sites=(site(_REFUND, _REFUND.intent), site(_REFUND), site(_RESTOCK), _CONFIRMS, *sites_of(PAUSE_RETURN)),
)
# A state of the return finds it confirmed, parked or resumed by another execution, or by the operator.
RETURN_CONFIRMED_BY_ANOTHER = replace(
    RETURN_RACES,
    tokens=("pm_ok",),
    faults=(SUSPENDED, "duplicate execution"),
    environment=(),
    deviations=(0,),
    aborts=(0,),
    returns=(1,),
    sites=(site(_REFUND, "reads sagas"), site(_REFUND, _REFUND.intent)),
)
RETURN_CONFIRMED_EARLY = replace(
    RETURN_CONFIRMED_BY_ANOTHER,
    faults=("step out of turn", SUSPENDED),
    sites=(site(_REFUND), site(_RESTOCK), _CONFIRMS),
)
RETURN_ENDED_PARKED = replace(
    RETURN_CONFIRMED_BY_ANOTHER,
    tokens=("pm_return_refused",),
    faults=(SUSPENDED, SUSPENDED, "gateway restored", "duplicate execution", "operator resumes"),
    environment=("gateway restored", "duplicate execution", "operator resumes"),
    deviations=FEW,
    sites=(f"{PAUSE_RETURN}: {RETURN_PARKED}", f"ResumeOrder: {RETURN_RESUMED}", "PublishEvents: PutEvents"),
)
RETURN_ATTEMPTS_EXHAUSTED = replace(
    RETURN_CONFIRMED_BY_ANOTHER,
    faults=("crash before", "crash after", "permanent error"),
    targeted=(6, 8),
    sites=(_CONFIRMS, site(_RESTOCK)),
)
RETURN_REPORTED_LATE = replace(
    RETURN_ABORTED,
    faults=(*CRASHES, *3 * (TIMED_OUT,), *3 * ("minutes pass",), ABORTED),
    environment=("minutes pass", "execution reported"),
    sites=(
        *(site(_REFUND), site(_RESTOCK), _CONFIRMS, "RecoverOrder: reads events"),
        *2 * (f"RecoverOrder: {RETURN_RESUMED}", f"RecoverOrder: {RETURN_PARKED}"),
    ),
)
RETURN_RESUMED_CRASHES = replace(
    RETURN_WAITS,
    tokens=("pm_return_refused", "pm_return_partial"),
    faults=(*CRASHES, *6 * ("operator resumes",)),
    environment=("operator resumes",),
    always=("operator resumes",),
    sites=("PublishEvents: PutEvents", *2 * (f"ResumeOrder: {RETURN_RESUMED}",)),
)
FREE_RETURNS = replace(RETURNING, tokens=("pm_ok",), baskets=((FREE,), (FREE, "monitor")), returns=(2, 3))
