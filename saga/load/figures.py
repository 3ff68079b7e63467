"""A run in figures, and two runs side by side."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from saga.failures import UsageFailure
from saga.http import Json
from saga.load.plan import Placed, Run
from saga.operations.latency import Latency
from saga.stack.kinds import KINDS
from saga.stack.stack import Stack
from saga.stack.tables import Item, is_over, is_paused, status_of
from saga.text.times import iso

FORMAT = "order-saga/load/1"
_OUTCOMES = ("CONFIRMED", "FAILED", "PARKED", "PAUSED", "OPEN")


def figures(stack: Stack, run: Run) -> Json:
    """Return counts, rates per second, and latencies in milliseconds. PAUSED and OPEN orders did not end in time.

    `engine` is what each that ended cost the engine (`EngineUse.json`).
    """
    accepted, completion = run.accept_ms, run.completion_ms
    return {
        "format": FORMAT,
        "stack": stack.name,
        "place": stack.place,
        "startedAt": iso(run.began),
        **vars(run.plan),
        "accepted": len(accepted),
        "refused": dict(Counter(each.refused for each in run.placed if each.refused)),
        "outcomes": _outcomes(run, run.placed),
        **_kinds(run),
        "reasons": dict(Counter(row["reason"]["reason"] for row in run.orders.values() if "reason" in row)),
        "acceptedPerSecond": _per_second(len(accepted), max(each.answered for each in run.placed)),
        "endedPerSecond": _per_second(len(completion), _span(run.ended)),
        "acceptMs": _percentiles(accepted),
        "completionMs": _percentiles(completion),
        "engine": run.engine.json(len(completion)),
    }


def of_file(file: Path) -> Json:
    """Read the figures of a run from a file."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise UsageFailure(f"cannot read {file}: {error}") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise UsageFailure(f"{file} was not written by: saga load -o json")
    return found


def compared(a: Json, b: Json) -> list[Json]:
    """Return each number of either run: `figure`, `a`, `b`, and `change` from a to b in percent, or None."""
    one, other = dict(_numbers(a)), dict(_numbers(b))
    pairs = [(name, one.get(name), other.get(name)) for name in one | other]
    return [{"figure": name, "a": a, "b": b, "change": _change(a, b)} for name, a, b in pairs]


def _change(a: float | None, b: float | None) -> float | None:
    return round((b - a) / a * 100, 1) if a and b is not None else None


def _numbers(figures: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in figures.items():
        match value:
            case int() | float():
                yield f"{prefix}{name}", value
            case dict():
                yield from _numbers(value, f"{prefix}{name}.")


def _kinds(run: Run) -> Json:
    """Return the outcomes of each kind, if there is more than one."""
    kinds = {kind: [each for each in run.placed if each.kind == kind] for kind in KINDS}
    outcomes = {kind: _outcomes(run, placed) for kind, placed in kinds.items() if placed}
    return {"kinds": outcomes} if len(outcomes) > 1 else {}


def _outcomes(run: Run, placed: Iterable[Placed]) -> dict[str, int]:
    """Return the number of orders by outcome, which is OPEN if no poll has found the order."""
    rows = [run.orders.get(each.order_id, {}) for each in placed if each.order_id]
    waits = ["PAUSED" if is_paused(row) else "OPEN" for row in rows]
    found = Counter(status_of(row) if row and is_over(row) else wait for row, wait in zip(rows, waits, strict=True))
    return {outcome: found[outcome] for outcome in _OUTCOMES}


def _span(orders: Sequence[Item]) -> float:
    """Return the seconds from the first acceptance to the last end."""
    if not orders:
        return 0
    return float(max(row["updatedAt"] for row in orders) - min(row["createdAt"] for row in orders)) / 1000


def _per_second(count: int, seconds: float) -> float:
    return round(count / seconds, 2) if seconds else 0.0


def _percentiles(samples: Sequence[int]) -> Json:
    latency = Latency.of(samples)
    return latency and vars(latency)
