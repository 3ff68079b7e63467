"""Two orders side by side."""

import hashlib
import json

from saga.http import Json
from saga.orders.attempts import Attempt, attempts, visits
from saga.orders.record import Record
from saga.orders.view import outcome
from saga.text.times import optional_iso


def compare(a: Record, b: Record) -> Json:
    """Return the differences between two orders.

    `states` has each state that either order reached, with its visits, retries, duration in milliseconds and errors
    in `a` and `b` (null if not reached), and whether they differ.
    """
    orders = a, b
    paths = [[visit[0].state for visit in visits(order)] for order in orders]
    one, other = (order.definition["States"] for order in orders)
    return {
        "orders": [_order(order) for order in orders],
        "definition": {
            "revisions": [_hash(order.definition) for order in orders],
            "changed": sorted(name for name in {*one, *other} if one.get(name) != other.get(name)),
        },
        "paths": paths,
        "samePath": paths[0] == paths[1],
        "states": [_state(name, *map(attempts, orders)) for name in dict.fromkeys([*paths[0], *paths[1]])],
    }


def _order(record: Record) -> Json:
    ended = [attempt.ended for attempt in attempts(record) if attempt.ended is not None]
    placed = record.events[0].at if record.events else None
    return {
        "orderId": record.order_id,
        "stack": record.stack["name"],
        "status": record.status,
        "outcome": outcome(record),
        "placed": optional_iso(placed),
        "milliseconds": max(ended) - placed if ended and placed is not None else None,
        "versions": record.versions,
    }


def _hash(definition: Json) -> str:
    return hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()[:12]


def _state(name: str, *orders: list[Attempt]) -> Json:
    a, b = (_summary([attempt for attempt in order if attempt.state == name]) for order in orders)
    untimed = [summary and {**summary, "milliseconds": None} for summary in (a, b)]
    return {"state": name, "a": a, "b": b, "differs": untimed[0] != untimed[1]}


def _summary(tries: list[Attempt]) -> Json | None:
    if not tries:
        return None
    visits = sum(attempt.number == 1 for attempt in tries)
    return {
        "outcome": tries[-1].outcome.value,
        "visits": visits,
        "retries": len(tries) - visits,
        "milliseconds": sum(attempt.ended - attempt.started for attempt in tries if attempt.ended is not None),
        "errors": [attempt.error for attempt in tries if attempt.error],
    }
