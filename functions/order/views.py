"""Orders and events as clients see them: money with two decimals, ISO 8601 times, no payment token."""

from datetime import UTC, datetime
from typing import Any

from order.money import to_number
from sagakit.dynamodb import Item
from sagakit.event import ID, Event
from sagakit.step import Outcome


def order_view(order: Item) -> dict[str, Any]:
    """Return the client's view of an order's row."""
    view = {
        ID: order[ID],
        "status": order["status"],
        "customerId": order["customerId"],
        "items": [{**_without(line, "unitPrice"), "price": to_number(line["unitPrice"])} for line in order["items"]],
        "totalAmount": to_number(order["totalAmount"]),
        "createdAt": iso(order["createdAt"]),
        "updatedAt": iso(order["updatedAt"]),
    }
    if "reason" in order:
        view["reason"] = order["reason"]
    if "paused" in order:
        view["paused"] = _pause(order["paused"])
    if "parked" in order:
        view["parked"] = {**order["parked"], "at": iso(order["parked"]["at"])}
    return view


def event_view(event: Event) -> dict[str, Any]:
    """Return the client's view of an event."""
    detail = _money_outside(dict(event.detail))
    since = {"since": iso(detail["since"])} if event.outcome == Outcome.RESUMED and "since" in detail else {}
    return {"type": event.type, "at": iso(event.at), "detail": {**detail, **since}}


def iso(at: int) -> str:
    """Format milliseconds since the epoch as 2026-01-31T12:00:00.000Z."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _pause(paused: Item) -> dict[str, Any]:
    """Return which state waits, for what error, and since when. Without `nextAttemptAt`, it is being tried now."""
    view = {name: paused[name] for name in ("state", "reason", "attempts")}
    return view | {name: iso(paused[name]) for name in ("since", "nextAttemptAt") if name in paused}


def _money_outside(detail: dict[str, Any]) -> dict[str, Any]:
    return {name: to_number(value) if name in {"amount", "totalAmount"} else value for name, value in detail.items()}


def _without(line: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != name}
