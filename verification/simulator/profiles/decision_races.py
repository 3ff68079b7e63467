"""Races of decisions, recovery and the sweeper: one is paused exactly where it matters while the others continue."""

from dataclasses import replace

from verification.simulator.faults.fault_injection import ABORTED, PAUSED
from verification.simulator.names.saga_table import FORWARD_STATES, RESUMED
from verification.simulator.names.write_sites import COMPENSATES, FAILS, PARKS, recovery_sites, saga_sites
from verification.simulator.profiles.every_write import FEW, MANY, MORE, PARKING_CRASHES, SOME, SWEEP_LATER
from verification.simulator.profiles.step_races import cancelled_during
from verification.simulator.run_plan import ABORTS, Profile

CONFIRMS_MEANWHILE = cancelled_during("ProcessPayment: gateway confirms", "RefundPayment: gateway cancels")
SETTLES_MEANWHILE = cancelled_during(
    "ProcessPayment: gateway settles", "RefundPayment: gateway cancels", tokens=("pm_late_decline",)
)
RESTARTED_LATE = Profile(
    tokens=("pm_ok", "pm_refund_down"),
    faults=(PAUSED,),
    orders=(1,),
    targeted=SOME,
    deviations=MORE,
    budgets=(0,),
    express=(False,),
    aborts=(2, 6, ABORTS),
    always=(SWEEP_LATER, "execution reported"),
    sites=recovery_sites("RecoverOrder", "SweepOrders"),
)
RESUMED_LATE = Profile(
    tokens=("pm_refund_down",),
    faults=(ABORTED, PAUSED),
    orders=(1,),
    targeted=MANY,
    deviations=(0,),
    quantities=(1,),
    express=(False,),
    sites=(PARKS, f"RecoverOrder: {RESUMED}"),
)
ENDED_MEANWHILE = replace(RESUMED_LATE, tokens=("pm_declined",), sites=(FAILS, f"RecoverOrder: {RESUMED}"))
RESCHEDULED_LATE = replace(
    RESTARTED_LATE,
    tokens=("pm_ok",),
    faults=(PAUSED, "execution reported"),
    targeted=MANY,
    deviations=(0,),
    aborts=(2, 3),
    sites=(COMPENSATES[-1], "RecoverOrder: reschedule recovery"),
)
RESCHEDULED_PARKED = replace(RESCHEDULED_LATE, tokens=("pm_refund_down",))
PARKED_LATE = replace(
    PARKING_CRASHES,
    faults=(PAUSED,),
    environment=("gateway restored", "duplicate execution", SWEEP_LATER),
    sites=(PARKS, FAILS, f"ResumeOrder: {RESUMED}"),
)
ENDED_PARKED = replace(
    PARKING_CRASHES,
    faults=("gateway restored", "duplicate execution", PAUSED),
    deviations=FEW,
    always=("duplicate execution",),
    sites=(PARKS, saga_sites(FORWARD_STATES[0])[0]),
)
QUARANTINED_LATE = Profile(
    tokens=("pm_ok",),
    faults=(PAUSED, "poison row deleted"),
    targeted=MANY,
    deviations=MORE,
    starts=(8, 16),
    budgets=(0,),
    always=("poison row", "poison row deleted", SWEEP_LATER),
    sites=("SweepOrders: quarantine", "SweepOrders: count the attempt"),
)
