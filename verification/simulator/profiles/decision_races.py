"""Races of decisions, recovery and the sweeper: one is suspended exactly where it matters while the others continue."""

from dataclasses import replace

from verification.simulator.faults.fault_injection import ABORTED, SUSPENDED
from verification.simulator.names.saga_table import CANCELLING, FAIL, FORWARD_STATES, PARKED, RECORDED_BY, RESUMED
from verification.simulator.names.write_sites import (
    CANCELS,
    COMPENSATES,
    CONFIRMS,
    FAILS,
    MARKS,
    PARKS,
    PAUSES,
    WAITS,
    recovery_sites,
    saga_sites,
)
from verification.simulator.profiles.every_write import FEW, MANY, MORE, SOME, SWEEP_DUE, SWEEP_LATER
from verification.simulator.profiles.step_races import cancelled_during
from verification.simulator.profiles.waiting_writes import PARKING_CRASHES
from verification.simulator.run_plan import ABORTS, Profile

CONFIRMS_MEANWHILE = cancelled_during("ProcessPayment: gateway confirms", "RefundPayment: gateway cancels")
SETTLES_MEANWHILE = cancelled_during(
    "ProcessPayment: gateway settles", "RefundPayment: gateway cancels", tokens=("pm_late_decline",)
)
RESTARTED_LATE = Profile(
    tokens=("pm_ok", "pm_refund_down"),
    faults=(SUSPENDED,),
    orders=(1,),
    targeted=SOME,
    deviations=MORE,
    budgets=(0,),
    express=(False,),
    aborts=(2, 6, ABORTS),
    always=(SWEEP_DUE, "execution reported"),
    sites=recovery_sites("RecoverOrder", "SweepOrders"),
)
# Recovery reads a row long after the history, and what it learns from the two does not fit.
READ_LATE = replace(
    RESTARTED_LATE,
    tokens=("pm_unavailable", "pm_ok"),
    faults=(SUSPENDED, SWEEP_DUE),
    targeted=(4, 8),
    express=(False, True),
    aborts=(0,),
    relay_down=(True,),
    sites=("SweepOrders: reads sagas",),
)
# Another execution begins while a state is about to record its event, which then rests on an old history.
RESUMED_MEANWHILE = replace(
    RESTARTED_LATE,
    tokens=("pm_ok", "pm_declined"),
    express=(False, True),
    aborts=(0,),
    always=(SWEEP_DUE,),
    sites=tuple(f"{state}: {event}" for event, states in RECORDED_BY.items() for state in states if state),
)
RESUMED_LATE = Profile(
    tokens=("pm_refund_down",),
    faults=(ABORTED, SUSPENDED),
    orders=(1,),
    targeted=MANY,
    deviations=(0,),
    quantities=(1,),
    express=(False,),
    sites=(PARKS, f"RecoverOrder: {RESUMED}"),
)
ENDED_MEANWHILE = replace(RESUMED_LATE, tokens=("pm_declined",), sites=(FAILS, f"RecoverOrder: {RESUMED}"))
CANCELLED_BY_THE_DEAD = replace(
    ENDED_MEANWHILE, targeted=(6, 8), sites=(*2 * (CANCELS,), f"RecoverOrder: {CANCELLING}")
)
UNSTARTED_LATE = replace(
    RESTARTED_LATE,
    tokens=("pm_ok",),
    faults=(SUSPENDED, "customer cancels"),
    targeted=MANY,
    deviations=FEW,
    aborts=(0,),
    relay_down=(True,),
    starts=(8,),
    always=("only SweepOrders", "minutes pass"),
    sites=(f"SweepOrders: {MARKS}",),
)
UNSTARTED_PARKED = replace(
    UNSTARTED_LATE,
    tokens=("pm_refund_refused",),
    faults=(SUSPENDED, SUSPENDED, "duplicate execution"),
    quantities=(1,),
    deviations=MORE,
    starts=(8,),
    always=("only SweepOrders", "minutes pass", "customer cancels", "duplicate execution"),
)
PARKED_LATE = replace(
    PARKING_CRASHES,
    faults=(SUSPENDED, "operator resumes"),
    environment=("gateway restored", "duplicate execution", SWEEP_DUE),
    sites=(PARKS, FAILS, f"ResumeOrder: {RESUMED}"),
)
PARKED_ON_OLD_HISTORY = replace(
    PARKING_CRASHES,
    tokens=("pm_refund_refused",),
    faults=("duplicate execution", "operator resumes", "customer cancels"),
    deviations=(0,),
    quantities=(1,),
    skews=(0, 2_000),
    always=(),
    sites=(*2 * (f"{FAIL}: reads sagas",), CONFIRMS),
)
RESUMED_AT_THE_LAST_MOMENT = replace(
    PARKED_ON_OLD_HISTORY,
    tokens=("pm_refund_down",),
    faults=("operator resumes", "customer cancels"),
    environment=(),
    skews=(2_000,),
    sites=(f"SweepOrders: {PARKED}", CONFIRMS),
)
ENDED_PARKED = replace(
    PARKING_CRASHES,
    faults=("gateway restored", "duplicate execution", SUSPENDED),
    deviations=FEW,
    always=("duplicate execution",),
    sites=(PARKS, saga_sites(FORWARD_STATES[0])[0]),
)
PAUSED_LATE = Profile(
    tokens=("pm_unavailable", "pm_refund_down", "pm_flaky"),
    faults=(SUSPENDED, "operator resumes", "order paused", "customer cancels"),
    environment=("duplicate execution", SWEEP_DUE),
    orders=(1,),
    targeted=MANY,
    deviations=FEW,
    budgets=(0,),
    starts=(40, 90),
    sites=(PAUSES, WAITS, f"ResumeOrder: {RESUMED}", f"SweepOrders: {RESUMED}"),
)
PAUSED_TOO_LATE = Profile(
    tokens=("pm_processing",),
    faults=(SUSPENDED, "gateway settles", "customer cancels", "duplicate execution"),
    environment=("duplicate execution",),
    orders=(1,),
    targeted=MANY,
    deviations=FEW,
    quantities=(1,),
    budgets=(0,),
    payments_hang=(True,),
    always=("customer cancels", "gateway settles"),
    sites=(WAITS, "ProcessPayment: reads events"),
)
# One execution gives up while another one is refused, and cancels the order.
PAUSED_AFTER_A_REFUSAL = replace(
    PAUSED_TOO_LATE,
    tokens=("pm_late_decline",),
    faults=(SUSPENDED, "gateway settles", "duplicate execution"),
    environment=(),
    deviations=(0,),
    always=(),
    sites=(PAUSES, *COMPENSATES, "PublishEvents: PutEvents"),
)
SET_ASIDE_LATE = Profile(
    tokens=("pm_ok",),
    faults=(SUSPENDED, "poison row deleted"),
    targeted=MANY,
    deviations=MORE,
    starts=(8, 16),
    budgets=(0,),
    always=("poison row", "poison row deleted", SWEEP_LATER),
    sites=tuple(f"{function}: set aside" for function in ("StartSagas", "PublishEvents", "SweepOutbox")),
)
TAKEN_BACK_LATE = replace(SET_ASIDE_LATE, sites=("SweepOutbox: PutEvents", "SweepOutbox: take back"))
