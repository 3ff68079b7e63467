"""The attributes in which an event says what made it and what came of it, and what older events without them mean.

No other module knows the events and states of one saga. A new step needs no line here: its events have the attributes.
"""

from collections.abc import Mapping
from typing import Any

from saga.stack.kinds import ORDER

# The attributes of a row, and the same fields of `saga.orders.model.Event`.
ATTRIBUTES = {"saga": "saga", "state": "state", "outcome": "outcome", "error": "error", "restsOn": "rests_on"}

# By type, without its number: the state that made the event, its outcome, and the error of a refusal.
_IMPLIED = {
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


def attributes(event_type: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of an event, which is a row or an event of an export."""
    if "outcome" in event:
        return {name: event[name] for name in ATTRIBUTES if name in event}
    return implied(event_type, event["detail"], starts_saga=event["startsSaga"])


def complete(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the row of an event, with the attributes that an older one implies."""
    return event if "outcome" in event else {**event, **attributes(event["eventType"], event)}


def implied(event_type: str, detail: Mapping[str, Any], *, starts_saga: bool) -> dict[str, Any]:
    """Return the attributes that an event without any means; none if its type is unknown."""
    state, outcome, error = _IMPLIED.get(event_type.partition("#")[0], ("", "", ""))
    if not outcome:
        return {}
    if starts_saga or "recovery" in detail.get("failures", {}):
        state = ""  # the API, recovery or an operator did it
    proofs = [each for each, (_, proof, _) in _IMPLIED.items() if proof == _RESTS_ON.get(outcome)]
    values = {"saga": ORDER, "state": state, "outcome": outcome, "error": error, "restsOn": proofs}
    return {name: value for name, value in values.items() if value}
