"""Measures growth: python -m tests.bench.growth [PAGE]. It starts an engine of its own.

With a page, it writes the table into it, else it prints it. Calls, items and units are counted. Seconds are compared
with those of the fewest orders in the same run.
"""

import argparse
import os
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import tests.support.settings  # noqa: F401  before anything of the functions is imported
from saga.engine.process import Engine
from saga.engine.session import engine_environment

if TYPE_CHECKING:
    from tests.bench.growth.meter import Taken
    from tests.support.endless import Checked

    type Column = tuple[Mapping[str, Taken], Checked]

BEGIN, END = "<!-- growth -->\n", "<!-- end -->\n"
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
    text = "".join(f"{line}\n" for line in (*_table(given.sizes, columns), "", *_checks(given.sizes, columns)))
    if given.page is None:
        print(text, end="")
        return
    before, _, rest = given.page.read_text().partition(BEGIN)
    given.page.write_text(f"{before}{BEGIN}{text}{END}{rest.partition(END)[2]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _measured(endpoint: str, sizes: Sequence[int]) -> list["Column"]:
    """Measure with the functions' clients on the engine, which are made when their modules are imported."""
    os.environ.update(engine_environment(endpoint))
    return list(import_module("tests.bench.growth.measuring").measured(endpoint, sizes))


def _table(sizes: Sequence[int], columns: Sequence["Column"]) -> Iterator[str]:
    yield f"| | {' | '.join(f'{size:,} orders' for size in sizes)} |"
    yield f"| --- |{' --- |' * len(sizes)}"
    for name, first in columns[0][0].items():
        column = [taken[name] for taken, _ in columns]
        cells = (f"{_cell(each)}, {each.seconds / first.seconds:.1f} times as long" for each in column)
        yield f"| {name} | {' | '.join(cells)} |"


def _checks(sizes: Sequence[int], columns: Sequence["Column"]) -> Iterator[str]:
    """Yield what a check takes per order."""
    yield f"| `saga check` | {' | '.join(f'{size:,} orders' for size in sizes)} |"
    yield f"| --- |{' --- |' * len(sizes)}"
    least = columns[0][1].seconds / sizes[0]
    for name, value in CHECKS.items():
        cells = (value(checked, size, least) for size, (_, checked) in zip(sizes, columns, strict=True))
        yield f"| {name} | {' | '.join(cells)} |"


def _cell(taken: "Taken") -> str:
    units = f"{taken.reads:g} read" + (f" and {taken.writes:g} write" if taken.writes else "")
    return f"{taken.calls:,} calls, {taken.items:,} items, {units} units"


if __name__ == "__main__":
    main()
