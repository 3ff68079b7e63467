"""An order's payment, or a return's refund, as its events tell it."""

from collections.abc import Iterable, Mapping
from typing import Any

from saga.stack.kinds import RETURN
from saga.stack.legacy import complete

type Row = Mapping[str, Any]

_STATUSES = {"intended": "INTENT", "done": "CHARGED", "refused": "DECLINED"}


def payment_of(events: Iterable[Row]) -> Row | None:
    """Return `intentId`, `amount`, `currency` and `status` from the rows of the saga's events, oldest first.

    The status is INTENT, CHARGED, DECLINED, VOIDED or REFUNDED. Without an intent on record, there is no payment.
    """
    told = [complete(event) for event in events if "intentId" in event["detail"]]
    made = [event for event in told if event.get("outcome") != "undone"]
    if not made:
        return None
    detail = {name: made[0]["detail"][name] for name in ("intentId", "amount", "currency") if name in made[0]["detail"]}
    return {**detail, "status": _status(told[-1])}


def _status(event: Row) -> str:
    outcome = event.get("outcome", "")
    if outcome == "undone":
        return "REFUNDED" if event["detail"].get("outcome") == "refunded" else "VOIDED"
    return "REFUNDED" if outcome == "done" and event.get("saga") == RETURN else _STATUSES.get(outcome, "INTENT")
