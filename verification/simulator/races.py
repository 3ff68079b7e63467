"""Races that a search hardly ever runs by chance: somebody is late exactly where it matters, and the others go on."""

from dataclasses import replace

from verification.simulator.choices import DEATHS, Focus
from verification.simulator.drills import FEW, IN_A_WHILE, MANY, MORE, PARKS, SOME
from verification.simulator.sites import FAILS, PARKING, UNDOES, at, restarts
from verification.simulator.step_races import cancelled_at
from verification.simulator.strikes import ABORTED, FALLS_ASLEEP
from verification.simulator.table import FORTH, RESUMED

CONFIRMS_MEANWHILE = cancelled_at("ProcessPayment: gateway confirms", "RefundPayment: gateway cancels")
SETTLES_MEANWHILE = cancelled_at(
    "ProcessPayment: gateway settles", "RefundPayment: gateway cancels", tokens=("pm_late_decline",)
)

RESTARTED_LATE = Focus(
    tokens=("pm_ok", "pm_refund_down"),
    faults=(FALLS_ASLEEP,),
    orders=(1,),
    ambushes=SOME,
    deviations=MORE,
    budgets=(0,),
    express=(False,),
    deaths=(2, 6, DEATHS),
    always=(IN_A_WHILE, "status event told, or told again"),
    sites=restarts("RecoverOrder", "SweepOrders"),
)
RESUMED_LATE = Focus(
    tokens=("pm_refund_down",),
    faults=(ABORTED, FALLS_ASLEEP),
    orders=(1,),
    ambushes=MANY,
    deviations=(0,),
    quantities=(1,),
    express=(False,),
    sites=(PARKING, f"RecoverOrder: {RESUMED}"),
)
ENDED_MEANWHILE = replace(RESUMED_LATE, tokens=("pm_declined",), sites=(FAILS, f"RecoverOrder: {RESUMED}"))
LOOKED_AT_LATE = replace(
    RESTARTED_LATE,
    tokens=("pm_ok",),
    faults=(FALLS_ASLEEP, "status event told, or told again"),
    ambushes=MANY,
    deviations=(0,),
    deaths=(2, 3),
    sites=(UNDOES[-1], "RecoverOrder: look again later"),
)
LOOKED_AT_PARKED = replace(LOOKED_AT_LATE, tokens=("pm_refund_down",))
PARKED_LATE = replace(
    PARKS,
    faults=(FALLS_ASLEEP,),
    moves=("gateway gets well", "second execution", IN_A_WHILE),
    sites=(PARKING, FAILS, f"ResumeOrder: {RESUMED}"),
)
ENDED_PARKED = replace(
    PARKS,
    faults=("gateway gets well", "second execution", FALLS_ASLEEP),
    ambushes=MANY,
    deviations=FEW,
    always=("second execution",),
    sites=(PARKING, at(FORTH[0])[0]),
)
SET_ASIDE_LATE = Focus(
    tokens=("pm_ok",),
    faults=(FALLS_ASLEEP, "poison row deleted"),
    ambushes=MANY,
    deviations=MORE,
    starts=(8, 16),
    budgets=(0,),
    always=("poison row in the outbox", "poison row deleted", IN_A_WHILE),
    sites=("SweepOrders: set aside", "SweepOrders: count the attempt"),
)
