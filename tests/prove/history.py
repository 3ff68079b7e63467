"""Whether the events of an order, read in their order, tell a story that is possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

DECISIONS = ("OrderPlaced", "OrderConfirmed", "OrderCancelling", "OrderParked", "OrderResumed", "OrderFailed")
DECIDED = ("OrderCancelling", "OrderConfirmed")
ENDS = ("OrderConfirmed", "OrderFailed")

# What must have been told before.
AFTER: Mapping[str, Sequence[str]] = {
    "PaymentCharged": ("PaymentIntentRecorded",),
    "PaymentDeclined": ("PaymentIntentRecorded",),
    "OrderConfirmed": ("InventoryReserved", "PaymentCharged"),
    "PaymentRefunded": ("OrderCancelling",),
    "InventoryReleased": ("OrderCancelling",),
    "OrderParked": ("OrderCancelling",),
    "OrderResumed": ("OrderCancelling",),
    "OrderFailed": ("OrderCancelling", "PaymentRefunded", "InventoryReleased"),
}

# What must not have been told before.
NEVER_AFTER: Mapping[str, Sequence[str]] = {
    "InventoryReserved": DECIDED,
    "InventoryRejected": DECIDED,
    "PaymentIntentRecorded": DECIDED,
    "PaymentCharged": ("PaymentRefunded",),
    "PaymentDeclined": ("PaymentRefunded",),
}


def overtaken(new: str, told: Sequence[str]) -> Iterator[str]:
    """Tell of a decision just made that is not the last one told."""
    decisions = [event for event in told if event.partition("#")[0] in DECISIONS]
    if new in decisions and decisions[-1] != new:
        yield f"{new} is told before {decisions[-1]}, which was decided earlier"


def impossible(events: Iterable[str]) -> Iterator[str]:
    """Tell what cannot have happened in this order; the events are types, the oldest first."""
    told: list[str] = []
    for event in events:
        kind, _, number = event.partition("#")
        if (kind == "OrderPlaced") != (not told):
            yield f"{event} is told after {told}"
        yield from (f"{event} is told before {missing}" for missing in AFTER.get(kind, ()) if missing not in told)
        yield from (f"{event} is told after {other}" for other in (*NEVER_AFTER.get(kind, ()), *ENDS) if other in told)
        if number not in ("", "1") and f"{kind}#{int(number) - 1}" not in told:
            yield f"{event} is told before the one before it"
        told.append(event)
