"""The circuit of the gateway goes through its states, and every write of that is struck."""

from dataclasses import replace

from verification.simulator.choices import Focus
from verification.simulator.drills import KILLS, MANY, MORE
from verification.simulator.sites import at
from verification.simulator.strikes import FALLS_ASLEEP

PAYMENT_CIRCUIT = Focus(
    tokens=("pm_unavailable", "pm_flaky", "pm_ok"),
    faults=KILLS,
    orders=(1,),
    ambushes=MANY,
    deviations=MORE,
    starts=(8, 40),
    budgets=(0,),
    quantities=(1,),
    always=("circuit opens elsewhere",),
    sites=at("ProcessPayment", circuit=True),
)
PAYMENT_CIRCUIT_OPENS = replace(
    PAYMENT_CIRCUIT,
    tokens=("pm_unavailable",),
    faults=(*KILLS, *12 * ("circuit opens elsewhere",)),
    ambushes=MANY,
    deviations=(0,),
    sites=("ProcessPayment: PaymentIntentRecorded", "ProcessPayment: circuit OPEN"),
)
PROBED_MEANWHILE = replace(
    PAYMENT_CIRCUIT,
    tokens=("pm_ok", "pm_slow"),
    faults=(FALLS_ASLEEP, "second execution", "circuit opens elsewhere"),
    deviations=MORE,
    always=("circuit opens elsewhere", "a moment passes"),
    sites=("ProcessPayment: circuit HALF_OPEN", "ProcessPayment: gateway creates an intent"),
)
REFUND_CIRCUIT = replace(
    PAYMENT_CIRCUIT,
    tokens=("pm_refund_down", "pm_refund_flaky"),
    starts=(60, 90),
    sites=at("RefundPayment", circuit=True),
)
REFUND_CIRCUIT_OPENS = replace(
    REFUND_CIRCUIT,
    faults=(*KILLS, *8 * ("circuit opens elsewhere",)),
    ambushes=MANY,
    deviations=(0,),
    sites=("RefundPayment: reads gateway", "RefundPayment: circuit OPEN"),
)
