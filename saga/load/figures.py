"""What a run was like, in numbers, and two runs side by side."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from saga.clock import iso
from saga.failure import UsageFailure
from saga.load.run import Run
from saga.operations.latency import Latency
from saga.rows import Item
from saga.stack import Stack

type Json = Any

FORMAT = "order-saga/load/1"
_OUTCOMES = ("CONFIRMED", "FAILED", "PARKED", "OPEN")
_ENDS = ("CONFIRMED", "FAILED")


def figures(stack: Stack, run: Run) -> Json:
    """Counts, rates in a second, and latencies in milliseconds; `OPEN` are orders that did not end in time."""
    accepted, completion = accept_ms(run), completion_ms(run)
    return {
        "format": FORMAT,
        "stack": stack.name,
        "place": stack.place,
        "startedAt": iso(run.began),
        "orders": run.plan.orders,
        "rate": run.plan.rate,
        "clients": run.plan.clients,
        "mix": run.plan.mix,
        "accepted": len(accepted),
        "refused": dict(Counter(each.refused for each in run.placed if each.refused)),
        "outcomes": _outcomes(run),
        "reasons": dict(Counter(row["reason"]["reason"] for row in run.orders.values() if "reason" in row)),
        "acceptedPerSecond": _per_second(len(accepted), max(each.answered for each in run.placed)),
        "endedPerSecond": _per_second(len(completion), _span([row for row in run.orders.values() if _ended(row)])),
        "acceptMs": _percentiles(accepted),
        "completionMs": _percentiles(completion),
    }


def accept_ms(run: Run) -> list[int]:
    """From when a request was due to its answer, for each order that was accepted; in ms."""
    return [each.took for each in run.placed if each.order_id]


def completion_ms(run: Run) -> list[int]:
    """From acceptance to the end, by the order rows, for each order that was confirmed or failed; in ms."""
    return [row["updatedAt"] - row["createdAt"] for row in run.orders.values() if _ended(row)]


def of_file(file: Path) -> Json:
    """Reads the figures of a run. Raises UsageFailure for a file that has none."""
    try:
        read = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise UsageFailure(f"{file} cannot be read: {error}") from error
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise UsageFailure(f"{file} is not what saga load wrote with -o json")
    return read


def compared(a: Json, b: Json) -> list[Json]:
    """Each number of either run: `figure`, `a`, `b`, and `change` from a to b in percent, None where there is none."""
    one, other = dict(_numbers(a)), dict(_numbers(b))
    names = dict.fromkeys(chain(one, other))
    return [_difference(name, one.get(name), other.get(name)) for name in names]


def _difference(name: str, a: float | None, b: float | None) -> Json:
    change = round((b - a) / a * 100, 1) if a and b is not None else None
    return {"figure": name, "a": a, "b": b, "change": change}


def _numbers(figures: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in figures.items():
        match value:
            case int() | float():
                yield f"{prefix}{name}", value
            case dict():
                yield from _numbers(value, f"{prefix}{name}.")


def _outcomes(run: Run) -> dict[str, int]:
    """An order that was never seen is as open as one that was seen open."""
    found = Counter(_outcome(run.orders.get(each.order_id)) for each in run.placed if each.order_id)
    return {outcome: found[outcome] for outcome in _OUTCOMES}


def _outcome(row: Item | None) -> str:
    if row is None:
        return "OPEN"
    if "parked" in row:
        return "PARKED"
    return str(row["status"]) if _ended(row) else "OPEN"


def _ended(row: Item) -> bool:
    return row["status"] in _ENDS


def _span(orders: Sequence[Item]) -> float:
    """Seconds from the first acceptance to the last end."""
    if not orders:
        return 0
    milliseconds: int = max(row["updatedAt"] for row in orders) - min(row["createdAt"] for row in orders)
    return milliseconds / 1000


def _per_second(count: int, seconds: float) -> float:
    return round(count / seconds, 2) if seconds else 0.0


def _percentiles(samples: Sequence[int]) -> Json:
    latency = Latency.of(samples)
    return latency and latency.json
