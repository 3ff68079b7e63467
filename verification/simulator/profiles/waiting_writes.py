"""Profiles that target every write of recovery, of the sweepers, and about an order that waits."""

from dataclasses import replace

from verification.simulator.faults.fault_injection import TIMED_OUT
from verification.simulator.names.saga_table import PARKED, PLACE, STARTED, STEPS
from verification.simulator.names.write_sites import (
    MARKS,
    PARKS,
    PAUSES,
    STARTS,
    WAITS,
    recovery_sites,
    site,
    sites_of,
)
from verification.simulator.profiles.every_write import (
    CRASHES,
    FEW,
    MANY,
    MORE,
    SWEEP_DUE,
    SWEEP_LATER,
)
from verification.simulator.run_plan import ABORTS, LAGS, Profile

_CRASHES = Profile(faults=CRASHES, targeted=MANY, deviations=(0,))

RESUMING_CRASHES = replace(
    _CRASHES,
    tokens=("pm_unavailable", "pm_processing"),
    environment=(SWEEP_DUE,),
    orders=(1,),
    deviations=MORE,
    starts=(40, 60),
    budgets=(0,),
    always=("operator resumes",),
    sites=sites_of("ResumeOrder"),
)
PARKING_CRASHES = replace(
    RESUMING_CRASHES,
    tokens=("pm_refund_refused", "pm_refund_down"),
    always=("operator resumes", "customer cancels", "sweep after the deadline"),
    sites=(PARKS,),
)
PAUSING_CRASHES = replace(
    _CRASHES,
    tokens=("pm_unavailable", "pm_processing", "pm_refund_down"),
    orders=(1,),
    sites=(*2 * (PAUSES,), WAITS),
)
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
TIMEOUT_CRASHES = replace(
    RECOVERY_CRASHES,
    faults=(*CRASHES, *8 * (TIMED_OUT,)),
    aborts=(0,),
    sites=(site(STEPS[0]), "RecoverOrder: pause"),
)
RECOVERED_LATE_CRASHES = replace(
    RECOVERY_CRASHES,
    faults=(*CRASHES, *4 * ("a day passes",)),
    deviations=(0,),
    aborts=(2, 4),
    sites=("RecoverOrder: reads events", *2 * (f"RecoverOrder: {PARKED}",)),
)
SWEEP_CRASHES = replace(
    RECOVERY_CRASHES,
    tokens=("pm_ok", "pm_refund_down"),
    environment=("sweep", SWEEP_DUE, "sweep after the deadline", "patience over"),
    express=(True,),
    sites=recovery_sites("SweepOrders"),
)
SWEEP_PARKING_CRASHES = replace(_CRASHES, tokens=("pm_refund_down",), orders=(1,), sites=(f"SweepOrders: {PARKED}",))
UNSTARTED_CRASHES = replace(
    SWEEP_CRASHES,
    environment=(*SWEEP_CRASHES.environment, "customer cancels"),
    express=(False, True),
    relay_down=(True,),
    always=("only SweepOrders", "minutes pass"),
    sites=(f"SweepOrders: {STARTS}", f"SweepOrders: {MARKS}"),
)
UNSTARTED_PAUSED = replace(
    UNSTARTED_CRASHES,
    faults=(*CRASHES, *8 * ("permanent error",)),
    aborts=(0,),
    sites=(*3 * (f"SweepOrders: {STARTS}",), "SweepOrders: pause"),
)
CONCURRENT_SWEEPS = replace(
    SWEEP_CRASHES,
    faults=(*CRASHES, *4 * ("sweep",)),
    aborts=(ABORTS,),
    sites=("SweepOrders: reads sagas", f"SweepOrders: {MARKS}"),
)
OUTBOX_SWEEP_CRASHES = Profile(
    tokens=("pm_ok",),
    faults=(*CRASHES, "entry refused", "entry malformed"),
    targeted=MANY,
    deviations=(3, 8),
    budgets=(0,),
    relay_down=(True,),
    always=("poison row", SWEEP_LATER),
    sites=sites_of("SweepOutbox"),
)
SETTING_ASIDE_CRASHES = Profile(
    tokens=("pm_ok",),
    faults=(*CRASHES, *6 * ("events unreadable",)),
    orders=(1,),
    targeted=(12, 16),
    deviations=(0,),
    quantities=(1,),
    sites=(
        *3 * (f"{PLACE}: {STARTED}",),
        *(f"{function}: set aside" for function in ("StartSagas", "PublishEvents")),
        *(each for each in sites_of("SweepOutbox") if not each.endswith("set aside")),
    ),
)
UNREADABLE_EVENTS = Profile(
    tokens=("pm_ok", "pm_declined"),
    faults=CRASHES,
    environment=("stream delivers", "minutes pass", SWEEP_LATER, "customer cancels"),
    targeted=MANY,
    deviations=(8, 16),
    budgets=(0,),
    starts=(8, 16, 40),
    always=("poison row", "events unreadable", SWEEP_LATER),
    sites=("SweepOutbox: PutEvents", *3 * ("SweepOutbox: take back",)),
)
STALE_READS = replace(
    OUTBOX_SWEEP_CRASHES,
    faults=("sweep",),
    relay_down=(False, True),
    aborts=(0, 2),
    lags=LAGS[1:],
    always=(SWEEP_LATER,),
    sites=(f"SweepOrders: {MARKS}", "SweepOrders: reads sagas open", "SweepOutbox: reads events undispatched"),
)
