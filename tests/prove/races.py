"""Races that a search hardly ever runs by chance: somebody is late exactly where it matters, and the others go on."""

from __future__ import annotations

from dataclasses import replace

from tests.prove.choices import DEATHS, STOCK, Focus
from tests.prove.drills import FEW, IN_A_WHILE, MANY, MORE, PARKED, SOME, restarts
from tests.prove.strikes import ABORTED, FALLS_ASLEEP

WRONG = (0, 2_000)  # milliseconds by which clocks are: more than a race takes

TOO_LATE = Focus(
    tokens=("pm_declined",),
    faults=(FALLS_ASLEEP, "second execution"),
    orders=(2,),
    ambushes=MANY,
    deviations=(0,),
    quantities=(2, STOCK),
    sites=(
        "ReserveInventory: InventoryRejected",
        "ProcessPayment: gateway creates an intent",
        "FailOrder: OrderFailed",
    ),
)
TWINS_TOO_LATE = replace(
    TOO_LATE,
    sites=(
        "ProcessPayment: gateway creates an intent",
        "ReserveInventory: InventoryReserved",
        "CancelOrder: OrderCancelling",
    ),
)
ASTRAY = Focus(
    tokens=("pm_declined",),
    faults=(*2 * ("stray step",), FALLS_ASLEEP),
    orders=(1,),
    ambushes=MANY,
    deviations=(0,),
    quantities=(1,),
    skews=WRONG,
    sites=("ReserveInventory: InventoryReserved", "ReleaseInventory: InventoryReleased"),
)
STRAY_UNDOING = replace(
    ASTRAY,
    tokens=("pm_ok",),
    faults=(*2 * ("stray step",), "customer cancels"),
    sites=("ReserveInventory: InventoryReserved", "ReleaseInventory: InventoryReleased", "RefundPayment: reads orders"),
)
UNDONE_LATE = replace(
    ASTRAY, faults=("second execution", FALLS_ASLEEP), sites=("RefundPayment: reads orders", "FailOrder: OrderFailed")
)


def _cancelled_at(step: str, rest: str, quantity: int = 1) -> Focus:
    """Let a cancellation come between a step's reading and its writing, or the step between those of a cancellation."""
    return Focus(
        tokens=("pm_ok",),
        faults=("customer cancels", FALLS_ASLEEP),
        orders=(1,),
        ambushes=MANY,
        deviations=(0,),
        quantities=(quantity,),
        skews=WRONG,
        sites=(step, "RequestCancellation: OrderCancelling", rest),
    )


RESERVED_MEANWHILE = _cancelled_at("ReserveInventory: InventoryReserved", "ProcessPayment: gateway creates an intent")
REJECTED_MEANWHILE = _cancelled_at("ReserveInventory: InventoryRejected", "CancelOrder: OrderCancelling", STOCK + 1)
RECORDED_MEANWHILE = _cancelled_at("ProcessPayment: PaymentIntentRecorded", "ProcessPayment: gateway confirms")
CHARGED_MEANWHILE = _cancelled_at("ProcessPayment: PaymentCharged", "RefundPayment: PaymentRefunded")
CONFIRMS_MEANWHILE = _cancelled_at("ProcessPayment: gateway confirms", "RefundPayment: gateway cancels")
SETTLES_MEANWHILE = replace(
    _cancelled_at("ProcessPayment: gateway settles", "RefundPayment: gateway cancels"), tokens=("pm_late_decline",)
)
CONFIRMED_MEANWHILE = _cancelled_at("ConfirmOrder: OrderConfirmed", "RefundPayment: PaymentRefunded")


def _stray_at(step: str, decision: str, token: str) -> Focus:
    """Let steps be called out of turn while one is about to write, and a decision be late that read before."""
    return replace(ASTRAY, tokens=(token,), sites=(step, decision))


CONFIRMED_BEFORE_RESERVED = _stray_at("ReserveInventory: InventoryReserved", "ConfirmOrder: OrderConfirmed", "pm_ok")
CONFIRMED_BEFORE_CHARGED = _stray_at("ProcessPayment: PaymentCharged", "ConfirmOrder: OrderConfirmed", "pm_ok")
FAILED_BEFORE_REFUNDED = _stray_at("RefundPayment: PaymentRefunded", "FailOrder: OrderFailed", "pm_declined")
FAILED_BEFORE_RELEASED = _stray_at("ReleaseInventory: InventoryReleased", "FailOrder: OrderFailed", "pm_declined")

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
    sites=("FailOrder: OrderParked", "RecoverOrder: OrderResumed"),
)
ENDED_MEANWHILE = replace(
    RESUMED_LATE, tokens=("pm_declined",), sites=("FailOrder: OrderFailed", "RecoverOrder: OrderResumed")
)
LOOKED_AT_LATE = replace(
    RESTARTED_LATE,
    tokens=("pm_ok",),
    faults=(FALLS_ASLEEP, "status event told, or told again"),
    ambushes=MANY,
    deviations=(0,),
    deaths=(2, 3),
    sites=("ReleaseInventory: InventoryReleased", "RecoverOrder: look again later"),
)
LOOKED_AT_PARKED = replace(LOOKED_AT_LATE, tokens=("pm_refund_down",))
PARKED_LATE = replace(
    PARKED,
    faults=(FALLS_ASLEEP,),
    moves=("gateway gets well", "second execution", IN_A_WHILE),
    sites=("FailOrder: OrderParked", "FailOrder: OrderFailed", "ResumeOrder: OrderResumed"),
)
ENDED_PARKED = replace(
    PARKED,
    faults=("gateway gets well", "second execution", FALLS_ASLEEP),
    ambushes=MANY,
    deviations=FEW,
    always=("second execution",),
    sites=("FailOrder: OrderParked", "ReserveInventory: InventoryReserved"),
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

RACES = (
    TOO_LATE,
    TWINS_TOO_LATE,
    ASTRAY,
    STRAY_UNDOING,
    UNDONE_LATE,
    CONFIRMED_BEFORE_RESERVED,
    CONFIRMED_BEFORE_CHARGED,
    FAILED_BEFORE_REFUNDED,
    FAILED_BEFORE_RELEASED,
    RESERVED_MEANWHILE,
    REJECTED_MEANWHILE,
    RECORDED_MEANWHILE,
    CHARGED_MEANWHILE,
    CONFIRMS_MEANWHILE,
    SETTLES_MEANWHILE,
    CONFIRMED_MEANWHILE,
    RESTARTED_LATE,
    RESUMED_LATE,
    ENDED_MEANWHILE,
    LOOKED_AT_LATE,
    LOOKED_AT_PARKED,
    PARKED_LATE,
    ENDED_PARKED,
    SET_ASIDE_LATE,
)
