"""What the runs in process counted. `make cost` counts again and writes the file; a test compares both."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import isclose
from pathlib import Path

FILE = Path(__file__).with_name("counts.json")
CONFIRMED, DECLINED, OUT_OF_STOCK = OUTCOMES = ("confirmed", "declined", "out of stock")
EXACT = ("invocations", "records", "path", "retries", "published", "metrics")
TOLERANCE = 0.05
SCHEDULED = "scheduled"  # one round of everything that runs on a schedule, while nothing waits for it

type Units = dict[str, dict[str, dict[str, float]]]  # by function, table and operation


@dataclass(frozen=True)
class Count:
    """What a run takes. Functions, tables and consumers are named by their logical ids, without the kind at the end.

    `writes` and `reads` are DynamoDB's units. `calls` are those to all services, by function and operation.
    `invocations` are those of functions, but not of the stream's consumers: they depend on the rate, so `records` has
    what the stream delivers to each. `path` lists the states that were entered, `retries` the other attempts.
    `published` are events on the bus, `logged` bytes by function, `metrics` those written, `stored` bytes left behind.
    """

    writes: Units
    reads: Units
    calls: dict[str, dict[str, int]]
    invocations: dict[str, int]
    records: dict[str, int]
    path: list[str]
    retries: int
    published: int
    logged: dict[str, int]
    metrics: list[str]
    stored: int


def read() -> dict[str, Count]:
    """Return the counts on file, by outcome."""
    return {name: Count(**count) for name, count in json.loads(FILE.read_text()).items()}


def write(counts: Mapping[str, Count]) -> None:
    """Write the counts to the file."""
    FILE.write_text(f"{json.dumps({name: asdict(count) for name, count in counts.items()}, indent=1)}\n")


def differences(before: Mapping[str, Count], now: Mapping[str, Count]) -> Iterator[str]:
    """Tell what has changed. The sizes of logs and rows may vary by a few bytes."""
    for outcome, new in now.items():
        old = before[outcome]
        told = [*_units("write", old.writes, new.writes), *_units("read", old.reads, new.reads)]
        told += [*_numbers("calls", _flat(old.calls), _flat(new.calls)), *_sizes(old, new)]
        told += [f"{name} {getattr(new, name)}, not {getattr(old, name)}" for name in EXACT if _differ(name, old, new)]
        yield from (f"{outcome}: {each}" for each in told)


def _differ(name: str, old: Count, new: Count) -> bool:
    return bool(getattr(old, name) != getattr(new, name))


def _units(kind: str, old: Units, new: Units) -> Iterator[str]:
    def told(units: Units) -> dict[str, float]:
        return {f"{function}, table {table}, {name}": count for (function, table, name), count in places(units)}

    return _numbers(f"{kind} units", told(old), told(new))


def _flat(calls: dict[str, dict[str, int]]) -> dict[str, float]:
    return {f"{function}, {name}": times for function, by_name in calls.items() for name, times in by_name.items()}


def _numbers(of: str, was: Mapping[str, float], now: Mapping[str, float]) -> Iterator[str]:
    for where in dict.fromkeys([*was, *now]):
        if was.get(where, 0) != now.get(where, 0):
            yield f"{where}: {now.get(where, 0):g} {of}, not {was.get(where, 0):g}"


def _sizes(old: Count, new: Count) -> Iterator[str]:
    was, now = {**old.logged, "rows": old.stored}, {**new.logged, "rows": new.stored}
    for name in dict.fromkeys([*was, *now]):
        if not isclose(was.get(name, 0), now.get(name, 0), rel_tol=TOLERANCE):
            yield f"{name}: {now.get(name, 0)} bytes, not {was.get(name, 0)}"


def places(units: Units) -> Iterator[tuple[tuple[str, str, str], float]]:
    """Yield the units of each function, table and operation."""
    for function, by_table in units.items():
        for table, by_operation in by_table.items():
            for operation, count in by_operation.items():
                yield (function, table, operation), count
