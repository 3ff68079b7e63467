"""What events say of themselves: who made them, and what came of it.

Rows and exports that are older than these attributes are understood by their type. This is the only module that knows
the events and states of one saga; a new step needs no line here, because its events say it themselves.
"""

from collections.abc import Mapping
from typing import Any

# The attributes of a row, and the names of the same in `saga.orders.facts.Event`.
ATTRIBUTES = {"saga": "saga", "state": "state", "outcome": "outcome", "error": "error", "restsOn": "rests_on"}

ORDER = "order"  # the saga of rows that do not name theirs

# By type, without its number: the state that made the event, what it says of it, and the error of a refusal.
_TOLD = {
    "OrderPlaced": ("", "started", ""),
    "InventoryReserved": ("ReserveInventory", "done", ""),
    "InventoryRejected": ("ReserveInventory", "refused", "InsufficientStock"),
    "PaymentIntentRecorded": ("ProcessPayment", "intended", ""),
    "PaymentCharged": ("ProcessPayment", "done", ""),
    "PaymentDeclined": ("ProcessPayment", "refused", "PaymentDeclined"),
    "OrderConfirmed": ("ConfirmOrder", "confirmed", ""),
    "OrderCancelling": ("CancelOrder", "cancelling", ""),
    "PaymentRefunded": ("RefundPayment", "undone", ""),
    "InventoryReleased": ("ReleaseInventory", "undone", ""),
    "OrderFailed": ("FailOrder", "failed", ""),
    "OrderParked": ("FailOrder", "parked", "CompensationIncomplete"),
    "OrderResumed": ("", "resumed", ""),
}
_RESTS_ON = {"confirmed": "done", "failed": "undone"}


def said(event_type: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """What an event says of itself, by attribute; `event` is a row, or an event of an export."""
    if "outcome" in event:
        return {name: event[name] for name in ATTRIBUTES if name in event}
    return implied(event_type, event["detail"], starts_saga=event["startsSaga"])


def implied(event_type: str, detail: Mapping[str, Any], *, starts_saga: bool) -> dict[str, Any]:
    """What an event that says nothing of itself means; nothing, where it is of a type that is not known."""
    state, outcome, error = _TOLD.get(event_type.partition("#")[0], ("", "", ""))
    if not outcome:
        return {}
    if starts_saga or "recovery" in detail.get("failures", {}):
        state = ""  # the API, recovery or an operator did it
    proofs = [each for each, (_, its_outcome, _) in _TOLD.items() if its_outcome == _RESTS_ON.get(outcome)]
    meant = {"saga": ORDER, "state": state, "outcome": outcome, "error": error, "restsOn": proofs}
    return {name: value for name, value in meant.items() if value}
