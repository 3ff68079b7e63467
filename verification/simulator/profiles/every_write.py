"""Profiles that target every write with every kind of crash: a broad search rarely reaches them all."""

from dataclasses import replace

from verification.simulator.names.saga_table import COMPENSATION_STATES, EFFECTS, FORWARD_STATES, STEPS
from verification.simulator.names.write_sites import DECIDES, PARKS, recovery_sites, saga_sites, site, sites_of
from verification.simulator.run_plan import ABORTS, LAGS, Profile

# "crash after" comes twice because it is rarer than the others in the report.
CRASHES = (
    *("crash before", "function timeout", "crash after", "crash after"),
    *("response lost once", "response lost", "server error"),
)
MANY, SOME = (8, 12), (1, 2)  # targeted faults
FEW, MORE = (0, 3, 8), (16, 32)  # deviations
SWEEP_LATER = "sweep a minute later"

_CRASHES = Profile(faults=CRASHES, targeted=MANY, deviations=(0,))

PLACING_CRASHES = replace(
    _CRASHES,
    faults=(*CRASHES, "throttled for long"),
    environment=("client retries",),
    deviations=FEW,
    budgets=(0,),
    sites=sites_of("PlaceOrder"),
)
PLACING_FAILS = replace(
    PLACING_CRASHES,
    faults=(*CRASHES, *4 * ("keys unprocessed",)),
    deviations=(0,),
    sites=("PlaceOrder: reads the catalogue", "PlaceOrder: idempotency record deleted"),
)
RELAY_CRASHES = replace(PLACING_CRASHES, faults=(*CRASHES, "entry rejected"), sites=sites_of("RelayOutbox"))
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
    tokens=("pm_ok", "pm_declined"),
    sites=(
        "ProcessPayment: gateway confirms",
        *(site(effect, event) for effect in EFFECTS for event in effect.events if event != effect.intent),
        *(site(effect, "idempotency record completed") for effect in EFFECTS),
    ),
)
LATE_PAYMENT_CRASHES = replace(
    EFFECT_CRASHES,
    tokens=("pm_processing", "pm_late_decline"),
    faults=(*CRASHES, *4 * ("seconds pass",)),
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
    sites=saga_sites("RequestCancellation", *COMPENSATION_STATES[:-1]),
)
LATE_REFUND_CRASHES = replace(
    COMPENSATION_CRASHES,
    tokens=("pm_processing", "pm_late_decline"),
    environment=(),
    always=("customer cancels", "seconds pass"),
    sites=tuple(f"RefundPayment: gateway {verb}" for verb in ("settles", "cancels", "refunds")),
)
RETRIES_EXHAUSTED = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=("crash before", "crash after", "permanent error"),
    targeted=(6, 8),
    deviations=(0,),
    sites=DECIDES,
)
RESUMING_CRASHES = replace(
    _CRASHES,
    tokens=("pm_refund_down",),
    environment=(SWEEP_LATER,),
    orders=(1,),
    deviations=MORE,
    starts=(90, 120),
    budgets=(0,),
    always=("operator resumes",),
    sites=sites_of("ResumeOrder"),
)
PARKING_CRASHES = replace(RESUMING_CRASHES, sites=(PARKS,))
RECOVERY_CRASHES = replace(
    _CRASHES,
    tokens=("pm_ok",),
    environment=("execution reported", "report lost"),
    orders=(1,),
    deviations=FEW,
    budgets=(0,),
    express=(False,),
    aborts=(2, ABORTS),
    sites=recovery_sites("RecoverOrder"),
)
SWEEP_CRASHES = replace(RECOVERY_CRASHES, environment=("sweep",), express=(True,), sites=recovery_sites("SweepOrders"))
CONCURRENT_SWEEPS = replace(
    SWEEP_CRASHES,
    faults=(*CRASHES, *4 * ("sweep",)),
    aborts=(ABORTS,),
    sites=("SweepOrders: reads sagas", "SweepOrders: reschedule recovery"),
)
OUTBOX_SWEEP_CRASHES = Profile(
    tokens=("pm_ok",),
    faults=(*CRASHES, "entry rejected"),
    targeted=MANY,
    deviations=(3, 8),
    budgets=(0,),
    relay_down=(True,),
    always=("poison row", "records lost", SWEEP_LATER),
    sites=tuple(site for site in sites_of("SweepOrders") if site not in recovery_sites("SweepOrders")),
)
STALE_READS = replace(
    OUTBOX_SWEEP_CRASHES,
    faults=("sweep",),
    relay_down=(False, True),
    aborts=(0, 2),
    lags=LAGS[1:],
    always=(SWEEP_LATER,),
    sites=("SweepOrders: mark dispatched", "SweepOrders: reads sagas open", "SweepOrders: reads events undispatched"),
)
