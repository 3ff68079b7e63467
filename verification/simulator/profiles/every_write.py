"""Profiles that target every write with every kind of crash: a broad search rarely reaches them all."""

from dataclasses import replace

from verification.simulator.names.saga_table import COMPENSATION_STATES, EFFECTS, FORWARD_STATES, PLACE, REQUEST, STEPS
from verification.simulator.names.write_sites import (
    DECIDES,
    saga_sites,
    site,
    sites_of,
)
from verification.simulator.run_plan import Profile

# "crash after" comes twice because it is rarer than the others in the report.
CRASHES = (
    *("crash before", "function timeout", "crash after", "crash after"),
    *("response lost once", "response lost", "server error"),
)
MANY, SOME = (8, 12), (1, 2)  # targeted faults
FEW, MORE = (0, 3, 8), (16, 32)  # deviations
SWEEP_LATER, SWEEP_DUE = "sweep a minute later", "sweep after an execution"

_CRASHES = Profile(faults=CRASHES, targeted=MANY, deviations=(0,))

PLACING_CRASHES = replace(
    _CRASHES,
    faults=(*CRASHES, "throttled for long", "permanent error"),
    environment=("client retries",),
    deviations=FEW,
    budgets=(0,),
    sites=sites_of(PLACE),
)
PLACING_FAILS = replace(
    PLACING_CRASHES,
    faults=(*CRASHES, *4 * ("keys unprocessed",)),
    deviations=(0,),
    sites=(f"{PLACE}: reads the catalogue", f"{PLACE}: idempotency record deleted"),
)
RELAY_CRASHES = replace(
    PLACING_CRASHES,
    faults=(*CRASHES, "entry refused", "entry refused for long"),
    always=("poison record", "poison row"),
    sites=sites_of("StartSagas", "PublishEvents"),
)
MALFORMED_CRASHES = replace(
    RELAY_CRASHES,
    faults=(*CRASHES, *8 * ("entry malformed",)),
    sites=("PublishEvents: PutEvents", "PublishEvents: set aside"),
)
STEP_CRASHES = replace(
    _CRASHES, tokens=("pm_ok",), sites=saga_sites(*(step.state for step in STEPS), FORWARD_STATES[-1])
)
EFFECT_CRASHES = replace(
    _CRASHES,
    tokens=("pm_ok", "pm_declined", "pm_processing", "pm_late_decline"),
    quantities=(1,),
    sites=saga_sites(*(effect.state for effect in EFFECTS)),
)
EFFECT_RESULT_CRASHES = replace(
    EFFECT_CRASHES,
    tokens=("pm_ok", "pm_declined", "pm_wrong_amount"),
    sites=(
        "ProcessPayment: gateway confirms",
        *(site(effect, event) for effect in EFFECTS for event in effect.events if event != effect.intent),
    ),
)
LATE_PAYMENT_CRASHES = replace(
    EFFECT_CRASHES,
    tokens=("pm_processing", "pm_late_decline"),
    faults=(*CRASHES, *4 * ("seconds pass",)),
    payments_hang=(False,),
    sites=("ProcessPayment: gateway counts a confirm", "ProcessPayment: gateway settles"),
)
COMPENSATION_CRASHES = replace(
    _CRASHES,
    tokens=("pm_declined", "pm_refund_flaky", "pm_processing", "pm_late_decline"),
    environment=("customer cancels",),
    deviations=FEW,
    starts=(40, 60),
    budgets=(0,),
    quantities=(1,),
    sites=saga_sites(REQUEST, *COMPENSATION_STATES[:-1]),
)
LATE_REFUND_CRASHES = replace(
    COMPENSATION_CRASHES,
    tokens=("pm_processing", "pm_late_decline"),
    faults=(*CRASHES, *2 * ("customer cancels",)),
    environment=(),
    targeted=(12,),
    payments_hang=(False,),
    always=("customer cancels", "seconds pass"),
    sites=(
        "ProcessPayment: reads events",
        *(f"RefundPayment: gateway {verb}" for verb in ("settles", "cancels", "refunds")),
    ),
)
RETRIES_EXHAUSTED = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=("crash before", "crash after", "permanent error"),
    targeted=(6, 8),
    deviations=(0,),
    sites=DECIDES,
)
