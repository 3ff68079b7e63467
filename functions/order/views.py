"""Orders and events as clients see them: money with two decimals, ISO 8601 times, no payment token."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from order.money import to_number
from sagakit.dynamodb import Item
from sagakit.event import ID, Event
from sagakit.reason import public
from sagakit.saga import named
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
    return view | progress(order)


def progress(row: Item) -> dict[str, Any]:
    """Return the client's view of what keeps a saga from its end, or ended it."""
    view: dict[str, Any] = {}
    if "reason" in row:
        view["reason"] = _reason(row.get("saga", ""), row["reason"])
    if "paused" in row:
        view["paused"] = _pause(row["paused"])
    if "parked" in row:
        view["parked"] = {**_without(row["parked"], "failures"), "at": iso(row["parked"]["at"])}
    return view


def event_view(event: Event) -> dict[str, Any]:
    """Return the client's view of an event. A refusal, a cancellation or a failure says why."""
    detail = _without(_money_outside(event.public), "failures")
    since = {"since": iso(detail["since"])} if event.outcome == Outcome.RESUMED and "since" in detail else {}
    code = event.error if event.outcome == Outcome.REFUSED else detail.get("reason")
    why = _reason(event.saga, {**event.detail, "reason": code}) if code else {}
    return {"type": event.type, "at": iso(event.at), "detail": {**detail, **since, **why}}


def iso(at: int) -> str:
    """Format milliseconds since the epoch as 2026-01-31T12:00:00.000Z."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _reason(saga: str, why: Mapping[str, Any]) -> dict[str, str]:
    """Return the code and the sentence of a reason, and what the customer wrote."""
    return public(named(saga), why["reason"]) | ({"text": why["text"]} if "text" in why else {})


def _pause(paused: Item) -> dict[str, Any]:
    """Return which state waits, and since when. Without `nextAttemptAt`, it is being tried now."""
    view = {name: paused[name] for name in ("state", "attempts")}
    return view | {name: iso(paused[name]) for name in ("since", "nextAttemptAt") if name in paused}


def _money_outside(detail: dict[str, Any]) -> dict[str, Any]:
    return {
        name: to_number(value) if name in {"amount", "charged", "refundAmount", "totalAmount"} else value
        for name, value in detail.items()
    }


def _without(line: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != name}
