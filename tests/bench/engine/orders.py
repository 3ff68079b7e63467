"""Confirmed orders: placed at once by eight clients, or one after the other."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from saga.engine.process import Engine
from saga.load.plan import Plan
from saga.load.run import run
from saga.stack.stack import Stack
from tests.bench.engine.floor import CLIENTS
from tests.bench.engine.measured import Measured, measuring

AT_ONCE = 100.0  # a second: more than any laptop's engine takes
SELDOM = 1.0  # a second, so that none waits for another


def orders(engine: Engine, stack: Stack, name: str, count: int, rate: float = AT_ONCE) -> Measured:
    """Place so many orders. `lost` counts those that were refused or aren't confirmed."""
    with measuring(engine, name) as measured:
        finished = run(stack, Plan(count, rate, CLIENTS, {"pm_ok": 1}), lambda _name: None)
    confirmed = [row for row in finished.ended if row["status"] == "CONFIRMED"]
    span = max(row["updatedAt"] for row in confirmed) - min(row["createdAt"] for row in confirmed)
    measured.per_second = len(confirmed) / span * 1000
    measured.latencies = finished.completion_ms
    measured.lost = count - len(confirmed)
    return measured


@contextmanager
def a_busy_core() -> Iterator[None]:
    """Keep one core busy, as another program would."""
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        other.kill()
        other.wait()
