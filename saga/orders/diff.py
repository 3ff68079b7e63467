"""Two runs side by side."""

import hashlib
import json
from collections.abc import Mapping

from saga.clock import iso
from saga.orders.attempts import Attempt, attempts, visits
from saga.orders.facts import Json
from saga.orders.record import Record
from saga.orders.view import outcome

_REVISION = 12  # characters of a hash are enough to tell two definitions apart


def diff(a: Record, b: Record) -> Json:
    """What differs between two orders.

    `orders` and `paths` have an element for each of the two; `definition` has their revisions and the states that are
    not the same in both; `states` has each state that either reached, with its visits, retries, duration in
    milliseconds and errors in `a` and `b`, null where it was not reached, and whether they went differently.
    """
    orders = a, b
    paths = [_path(order) for order in orders]
    return {
        "orders": [_order(order) for order in orders],
        "definition": {
            "revisions": [_revision(order) for order in orders],
            "changed": _changed(a.definition["States"], b.definition["States"]),
        },
        "paths": paths,
        "samePath": paths[0] == paths[1],
        "states": [_state(name, *orders) for name in dict.fromkeys([*paths[0], *paths[1]])],
    }


def _order(record: Record) -> Json:
    ended = [attempt.ended for attempt in attempts(record) if attempt.ended is not None]
    placed = record.events[0].at if record.events else None
    return {
        "orderId": record.order_id,
        "stack": record.stack["name"],
        "status": record.status,
        "outcome": outcome(record),
        "placed": iso(placed) if placed is not None else None,
        "milliseconds": max(ended) - placed if ended and placed is not None else None,
        "versions": record.versions,
    }


def _revision(record: Record) -> str:
    return hashlib.sha256(json.dumps(record.definition, sort_keys=True).encode()).hexdigest()[:_REVISION]


def _changed(one: Mapping[str, Json], other: Mapping[str, Json]) -> list[str]:
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def _path(record: Record) -> list[str]:
    return [visit[0].state for visit in visits(record)]


def _state(name: str, a: Record, b: Record) -> Json:
    one, other = (_run([attempt for attempt in attempts(order) if attempt.state == name]) for order in (a, b))
    return {"state": name, "a": one, "b": other, "differs": _story(one) != _story(other)}


def _run(tries: list[Attempt]) -> Json | None:
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


def _story(run: Json | None) -> Json:
    """How it went; no two runs take the same time."""
    return run and {**run, "milliseconds": None}
