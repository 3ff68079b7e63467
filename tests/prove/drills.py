"""Ground that a search hardly ever treads by chance: every write is struck in every way."""

from __future__ import annotations

from dataclasses import replace

from tests.prove.choices import DEATHS, Focus
from tests.prove.sites import of

# Ways to die or to hear nothing at a write; what is rarer than its like in the report comes twice.
KILLS = (
    "crash before",
    "function timeout",
    *2 * ("crash after",),
    "response lost",
    "response lost for good",
    "server error",
)
MANY, SOME = (8, 12), (1, 2)  # ambushes
FEW, MORE = (0, 3, 8), (16, 32)  # deviations
RESTARTS = ("OrderCancelling", "OrderResumed", "OrderParked", "look again later")
IN_A_WHILE = "a minute later: sweep"


def at(*functions: str, circuit: bool = False) -> tuple[str, ...]:
    """Give the writes of these functions: those to the circuit, or the others."""
    return tuple(site for site in of(*functions) if ("circuit" in site) == circuit)


def restarts(*functions: str) -> tuple[str, ...]:
    """Give the sites at which these functions look after an order."""
    return tuple(f"{function}: {write}" for function in functions for write in RESTARTS)


PLACED = Focus(
    faults=(*KILLS, "throttled for long"),
    moves=("client asks again",),
    ambushes=MANY,
    deviations=FEW,
    budgets=(0,),
    sites=of("PlaceOrder"),
)
UNPLACED = replace(
    PLACED,
    faults=(*KILLS, *4 * ("keys unprocessed",)),
    deviations=(0,),
    sites=("PlaceOrder: reads the catalogue", "PlaceOrder: idempotency record deleted"),
)
RELAYED = replace(PLACED, faults=(*KILLS, "entry refused"), sites=of("RelayOutbox"))
RESERVED = Focus(
    tokens=("pm_ok",), faults=KILLS, ambushes=MANY, deviations=(0,), sites=at("ReserveInventory", "ConfirmOrder")
)
PAID = Focus(
    tokens=("pm_ok", "pm_declined", "pm_processing", "pm_late_decline"),
    faults=KILLS,
    ambushes=MANY,
    deviations=(0,),
    quantities=(1,),
    sites=at("ProcessPayment"),
)
CHARGED = replace(
    PAID,
    tokens=("pm_ok", "pm_declined"),
    sites=tuple(
        f"ProcessPayment: {write}"
        for write in ("gateway confirms", "PaymentCharged", "PaymentDeclined", "idempotency record completed")
    ),
)
SETTLED = replace(
    PAID,
    tokens=("pm_processing", "pm_late_decline"),
    faults=(*KILLS, *4 * ("a moment passes",)),
    sites=tuple(f"ProcessPayment: {write}" for write in ("gateway hears of a confirm", "gateway settles")),
)
UNDONE = Focus(
    tokens=("pm_declined", "pm_refund_flaky", "pm_processing", "pm_late_decline"),
    faults=KILLS,
    moves=("customer cancels",),
    ambushes=MANY,
    deviations=FEW,
    starts=(40, 60),
    budgets=(0,),
    quantities=(1,),
    sites=at("RequestCancellation", "CancelOrder", "RefundPayment", "ReleaseInventory"),
)
UNSETTLED = replace(
    UNDONE,
    tokens=("pm_processing", "pm_late_decline"),
    moves=(),
    always=("customer cancels", "a moment passes"),
    sites=tuple(f"RefundPayment: {write}" for write in ("gateway settles", "gateway cancels", "gateway refunds")),
)
GIVEN_UP = Focus(
    tokens=("pm_ok", "pm_declined"),
    faults=("crash before", "crash after", "permanent error"),
    ambushes=(6, 8),
    deviations=(0,),
    sites=(
        "ConfirmOrder: OrderConfirmed",
        "CancelOrder: OrderCancelling",
        "RefundPayment: PaymentRefunded",
        "ReleaseInventory: InventoryReleased",
        "FailOrder: OrderFailed",
    ),
)
RESUMED = Focus(
    tokens=("pm_refund_down",),
    faults=KILLS,
    moves=(IN_A_WHILE,),
    orders=(1,),
    ambushes=MANY,
    deviations=MORE,
    starts=(90, 120),
    budgets=(0,),
    always=("operator resumes",),
    sites=of("ResumeOrder"),
)
PARKED = replace(RESUMED, sites=("FailOrder: OrderParked",))
RECOVERED = Focus(
    tokens=("pm_ok",),
    faults=KILLS,
    moves=("status event told, or told again", "status event lost"),
    orders=(1,),
    ambushes=MANY,
    deviations=FEW,
    budgets=(0,),
    express=(False,),
    deaths=(2, DEATHS),
    sites=restarts("RecoverOrder"),
)
SWEPT = replace(RECOVERED, moves=("sweep",), express=(True,), sites=restarts("SweepOrders"))
SWEPT_TWICE = replace(
    SWEPT,
    faults=(*KILLS, *4 * ("sweep",)),
    deaths=(DEATHS,),
    sites=("SweepOrders: reads orders", "SweepOrders: look again later"),
)
OUTBOX_SWEPT = Focus(
    tokens=("pm_ok",),
    faults=(*KILLS, "entry refused"),
    ambushes=MANY,
    deviations=(3, 8),
    budgets=(0,),
    relay_down=(True,),
    always=("poison row in the outbox", "stream records lost", IN_A_WHILE),
    sites=tuple(site for site in of("SweepOrders") if site not in restarts("SweepOrders")),
)

BEHIND = replace(
    OUTBOX_SWEPT,
    faults=("behind",),
    relay_down=(False, True),
    deaths=(0, 2),
    always=(IN_A_WHILE,),
    sites=("SweepOrders: reads orders open", "SweepOrders: reads events undispatched", "ProcessPayment: reads circuit"),
)

DRILLS = (
    PLACED,
    UNPLACED,
    RELAYED,
    RESERVED,
    PAID,
    CHARGED,
    SETTLED,
    UNDONE,
    UNSETTLED,
    GIVEN_UP,
    RESUMED,
    PARKED,
    RECOVERED,
    SWEPT,
    SWEPT_TWICE,
    OUTBOX_SWEPT,
    BEHIND,
)
