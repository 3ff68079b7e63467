"""Measures orders on engines of its own: python -m tests.bench.engine [PAGE]. It takes about six minutes; Linux only.

With a page, it writes the tables into it and a chart beside it, else it prints the tables. Compare only what one run
measured, on a machine that has nothing else to do.
"""

import platform
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory

import tests.support.settings  # noqa: F401  before anything of the functions is imported
from saga.engine.build import build
from saga.engine.process import Engine
from saga.local import catalogue, demo
from saga.local.deploy import deploy
from saga.stack.stack import Stack
from saga.stack.target import DEFAULT_STACK
from scripts import page
from tests.bench.engine.floor import Floor, WorkflowType
from tests.bench.engine.orders import SELDOM, a_busy_core, orders
from tests.bench.engine.report import Section, Start, chart, tables
from tests.bench.engine.starts import starts
from tests.e2e.conftest import free_port

COUNT, ONE_BY_ONE = 200, 15


@contextmanager
def up(workflow_type: WorkflowType, *, iam: bool) -> Iterator[tuple[Engine, Stack]]:
    """Yield an engine and a stack as `make up` leaves them, and stop the engine."""
    with TemporaryDirectory() as home:
        engine = Engine(Path(home), free_port(), {} if iam else {"AUTH": "false"})
        engine.start()
        try:
            stack = deploy(engine, DEFAULT_STACK, {"Stage": "dev", "WorkflowType": workflow_type}, build())
            catalogue.seed(stack)
            demo.run(stack)
            yield engine, stack
        finally:
            engine.stop()


def section(title: str, engine: Engine, stack: Stack, workflow_type: WorkflowType, *, busy: bool = False) -> Section:
    """Measure orders right after `make up` and again, and the floor."""
    with a_busy_core() if busy else nullcontext():
        cold, warm = (orders(engine, stack, f"orders, {name}", COUNT) for name in ("cold", "warm"))
        calm = orders(engine, stack, "orders, one by one", ONE_BY_ONE, SELDOM)
        floor = Floor(engine, workflow_type)
        return Section(title, [cold, warm, calm, floor.function(COUNT), floor.states(COUNT)])


def measure() -> tuple[list[Section], list[Start]]:
    """Measure everything."""
    with up("STANDARD", iam=True) as (engine, stack):
        sections = [section("STANDARD", engine, stack, "STANDARD")]
        started = list(starts(engine, stack))
    with up("STANDARD", iam=True) as (engine, stack):
        sections.append(section("STANDARD, one core busy", engine, stack, "STANDARD", busy=True))
    with up("STANDARD", iam=False) as (engine, stack):
        sections.append(section("STANDARD, without IAM", engine, stack, "STANDARD"))
    with up("EXPRESS", iam=True) as (engine, stack):
        sections.append(section("EXPRESS", engine, stack, "EXPRESS"))
    with up("EXPRESS", iam=False) as (engine, stack):
        sections.append(section("EXPRESS, without IAM", engine, stack, "EXPRESS"))
    return sections, started


def main() -> None:
    """Print the tables, or write them into the page."""
    where = page.asked_for(__doc__)
    sections, started = measure()
    machine = f"{cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}, {COUNT} of each."
    page.write(where, "engine", f"{machine}\n{tables(sections, started)}")
    if where:
        where.with_suffix(".svg").write_text(chart(sections))


if __name__ == "__main__":
    main()
