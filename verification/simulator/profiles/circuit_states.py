"""Profiles that take the gateway's circuit through its states, and target each write to it."""

from dataclasses import replace

from verification.simulator.faults.fault_injection import SUSPENDED
from verification.simulator.names.write_sites import sites_of
from verification.simulator.profiles.every_write import CRASHES, MANY, MORE
from verification.simulator.run_plan import Profile

OPENS = "circuit opens"

PAYMENT_CIRCUIT = Profile(
    tokens=("pm_unavailable", "pm_flaky", "pm_ok"),
    faults=CRASHES,
    orders=(1,),
    targeted=MANY,
    deviations=MORE,
    starts=(8, 40),
    budgets=(0,),
    quantities=(1,),
    always=(OPENS,),
    sites=tuple(site for site in sites_of("ProcessPayment") if "circuit" in site),
)
PAYMENT_CIRCUIT_OPENS = replace(
    PAYMENT_CIRCUIT,
    tokens=("pm_unavailable",),
    faults=(*CRASHES, *12 * (OPENS,)),
    deviations=(0,),
    sites=("ProcessPayment: PaymentIntentRecorded", "ProcessPayment: circuit OPEN"),
)
CONCURRENT_PROBES = replace(
    PAYMENT_CIRCUIT,
    tokens=("pm_ok", "pm_slow"),
    faults=(SUSPENDED, "duplicate execution", OPENS),
    always=(OPENS, "seconds pass"),
    sites=("ProcessPayment: circuit HALF_OPEN", "ProcessPayment: gateway creates intent"),
)
REFUND_CIRCUIT = replace(
    PAYMENT_CIRCUIT,
    tokens=("pm_refund_down", "pm_refund_flaky"),
    starts=(60, 90),
    sites=tuple(site for site in sites_of("RefundPayment") if "circuit" in site),
)
REFUND_CIRCUIT_OPENS = replace(
    REFUND_CIRCUIT,
    faults=(*CRASHES, *8 * (OPENS,)),
    deviations=(0,),
    sites=("RefundPayment: reads gateway", "RefundPayment: circuit OPEN"),
)
