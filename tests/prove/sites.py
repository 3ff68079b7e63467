"""Every write of the functions, where an ambush can be laid. A site that is missing here is an error of the report."""

from __future__ import annotations

IDEMPOTENCY = ("idempotency record in progress", "idempotency record completed", "idempotency record deleted")
CIRCUIT = ("circuit OPEN", "circuit HALF_OPEN", "circuit CLOSED")
TO_THE_WORLD = ("StartExecution", "PutEvents", "cross off")

WRITES = {
    "PlaceOrder": ("OrderPlaced", *IDEMPOTENCY),
    "RequestCancellation": ("OrderCancelling",),
    "ReserveInventory": ("InventoryReserved", "InventoryRejected"),
    "ProcessPayment": (
        *IDEMPOTENCY,
        *CIRCUIT,
        "gateway creates an intent",
        "PaymentIntentRecorded",
        "gateway hears of a confirm",
        "gateway confirms",
        "gateway settles",
        "PaymentCharged",
        "PaymentDeclined",
    ),
    "ConfirmOrder": ("OrderConfirmed",),
    "CancelOrder": ("OrderCancelling",),
    "RefundPayment": (
        *CIRCUIT,
        "gateway settles",
        "gateway cancels",
        "gateway hears of a refund",
        "gateway refunds",
        "PaymentRefunded",
    ),
    "ReleaseInventory": ("InventoryReleased",),
    "FailOrder": ("OrderFailed", "OrderParked"),
    "RelayOutbox": TO_THE_WORLD,
    "RecoverOrder": ("OrderCancelling", "OrderResumed", "OrderParked", "look again later"),
    "ResumeOrder": ("OrderResumed",),
    "SweepOrders": (
        *TO_THE_WORLD,
        "count the attempt",
        "set aside",
        "OrderCancelling",
        "OrderResumed",
        "OrderParked",
        "look again later",
    ),
}

SITES = tuple(f"{function}: {write}" for function, writes in WRITES.items() for write in writes)


def of(*functions: str) -> tuple[str, ...]:
    """Give the sites of these functions."""
    return tuple(site for site in SITES if site.partition(":")[0] in functions)
