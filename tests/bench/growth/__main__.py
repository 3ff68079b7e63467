"""Measures growth: python -m tests.bench.growth [PAGE]. It starts an engine of its own.

With a page, it writes the table into it, else it prints it. Calls, items and units are counted. Seconds are compared
with those of the fewest orders in the same run.
"""

import argparse
import os
import socket
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import tests.support.settings  # noqa: F401  before anything of the functions is imported
from saga.engine.process import Engine
from saga.engine.session import engine_environment
from scripts import page

if TYPE_CHECKING:
    from tests.bench.growth.meter import Taken
    from tests.support.endless import Checked

    type Column = tuple[Mapping[str, Taken], Checked]

SIZES = (100, 10_000, 100_000)

CHECKS: dict[str, Callable[["Checked", int, float], str]] = {
    "calls per 100 orders": lambda checked, orders, _: f"{checked.calls / orders * 100:.1f}",
    "items per order": lambda checked, orders, _: f"{checked.items / orders:.1f}",
    "CPU time per order, compared": lambda checked, orders, least: f"{checked.seconds / orders / least:.1f}",
    "most rows held at a time": lambda checked, _orders, _least: f"{checked.rows:,}",
}


def main() -> None:
    """Print the table, or write it into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", nargs="?", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="ORDERS")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        engine = Engine(Path(home), _free_port())
        engine.start()
        try:
            columns = _measured(engine.endpoint, given.sizes)
        finally:
            engine.stop()
    text = f"{_table(given.sizes, columns)}\n{_checks(given.sizes, columns)}"
    page.write(given.page, "growth", text)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _measured(endpoint: str, sizes: Sequence[int]) -> list["Column"]:
    """Measure with the functions' clients on the engine, which are made when their modules are imported."""
    os.environ.update(engine_environment(endpoint))
    return list(import_module("tests.bench.growth.measuring").measured(endpoint, sizes))


def _table(sizes: Sequence[int], columns: Sequence["Column"]) -> str:
    rows = list[list[str]]()
    for name, first in columns[0][0].items():
        column = [taken[name] for taken, _ in columns]
        rows.append([name, *(f"{_cell(each)}, {each.seconds / first.seconds:.1f} times as long" for each in column)])
    return page.table(["", *(f"{size:,} orders" for size in sizes)], rows)


def _checks(sizes: Sequence[int], columns: Sequence["Column"]) -> str:
    """Return what a check takes per order."""
    least, checks = columns[0][1].seconds / sizes[0], [checked for _, checked in columns]
    rows = [
        [name, *(value(checked, size, least) for size, checked in zip(sizes, checks, strict=True))]
        for name, value in CHECKS.items()
    ]
    return page.table(["`saga check`", *(f"{size:,} orders" for size in sizes)], rows)


def _cell(taken: "Taken") -> str:
    units = f"{taken.reads:g} read" + (f" and {taken.writes:g} write" if taken.writes else "")
    return f"{taken.calls:,} calls, {taken.items:,} items, {units} units"


if __name__ == "__main__":
    main()
