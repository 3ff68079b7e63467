"""Seeds one size after the other into the same tables, and measures what grows."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
from statistics import median

import pytest

from saga.engine.session import engine_session
from saga.operations.throughput import throughput
from saga.orders.listing import Filter, find
from saga.patience import LONGEST, PATIENCE
from saga.reconcile import run
from saga.stack import tables
from saga.stack.stack import Stack
from saga.text import times
from saga.text.durations import HOUR
from sagakit import dynamodb
from tests.bench.growth.meter import Taken, metered
from tests.bench.growth.seeding import OPEN, PRODUCT, TABLES, Pattern, patterns, seed
from tests.support import steps, world
from tests.support.endless import Checked, checked
from tests.support.stopped_clock import stopped

ROUNDS = 5
MEASURES: dict[str, Callable[[Stack], object]] = {
    "one more order": lambda _: steps.confirmed(),
    "`saga order list`": lambda stack: list(find(stack, Filter())),
    "`--status FAILED`": lambda stack: list(find(stack, Filter("FAILED"))),
    "`--status PENDING`": lambda stack: list(find(stack, Filter("PENDING"))),
    f"`--product {PRODUCT}`": lambda stack: list(find(stack, Filter(product=PRODUCT))),
    "`--customer customer-7`": lambda stack: list(find(stack, Filter(customer="customer-7"))),
    "throughput of 15 minutes": throughput,
    "`saga check --since 1h`": lambda stack: _sound(run.Check(stack, times.now() - HOUR)),
}


def measured(endpoint: str, sizes: Sequence[int]) -> Iterator[tuple[dict[str, Taken], Checked]]:
    """Yield for each size what everything takes. The tables are made on the engine, which must have none of them.

    All clocks stand still: seeding takes minutes, after which open orders would be overdue, and the last ones older.
    """
    PATIENCE.seconds = LONGEST  # a query of 100,000 orders takes the engine long
    stack = _stack(endpoint)
    dynamodb.client = tables.client(stack.session)  # the functions' own gives up after a second
    with pytest.MonkeyPatch.context() as patch:
        still = stopped(patch)
        for module in (run, times):
            patch.setattr(module, "now", lambda: still.now)
        hundred = _opened(stack)
        for before, size in zip((0, *sizes), sizes, strict=False):
            started = time.monotonic()
            seed(stack, hundred, range(before, size))
            print(f"{size} orders, seeded in {time.monotonic() - started:.0f} s", file=sys.stderr)
            if not before:
                _sound(run.Check(stack))
            found = {name: _measured(name, measure, stack) for name, measure in MEASURES.items()}
            yield found, checked(stack, hundred[0].endless, size)


def _opened(stack: Stack) -> list[Pattern]:
    """Create the tables, carry out the orders to copy, and place those that stay open."""
    with redirect_stdout(StringIO()):  # of the functions
        world.create_tables()
        world.stock_up()
        world.put("SAGAS", world.SECRET)
        hundred = patterns(stack)
        for _ in range(OPEN):
            steps.paused()
    return hundred


def _measured(name: str, measure: Callable[[Stack], object], stack: Stack) -> Taken:
    """Measure some times. What counts is the most that it took once; of the seconds, the median."""
    rounds = [_once(measure, stack) for _ in range(ROUNDS)]
    most = {each: max(getattr(taken, each) for taken in rounds) for each in ("calls", "items", "reads", "writes")}
    found = Taken(**most, seconds=median(taken.seconds for taken in rounds))
    print(f"  {name}: {found}", file=sys.stderr)
    return found


def _once(measure: Callable[[Stack], object], stack: Stack) -> Taken:
    with redirect_stdout(StringIO()), metered() as taken:
        measure(stack)
    return taken


def _sound(check: run.Check) -> None:
    found = check.violations()
    if found:
        raise AssertionError(found[0])


def _stack(endpoint: str) -> Stack:
    outputs = {
        output: os.environ[f"{table}_TABLE"] for output, table in {**TABLES, "InventoryTable": "INVENTORY"}.items()
    }
    return Stack("growth", engine_session(endpoint), outputs, endpoint, endpoint)
