"""Which lines of the functions ran, and which could have run."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

import order

FUNCTIONS = Path(order.__path__[0]).parent
TOOL = sys.monitoring.PROFILER_ID

type Line = tuple[str, int]  # file within functions/, number


@contextmanager
def recorded(lines: set[Line]) -> Iterator[None]:
    """Collect every line of the functions that runs meanwhile; after its first run a line costs nothing."""
    home = f"{FUNCTIONS}/"
    monitoring = sys.monitoring

    def ran(code: CodeType, number: int) -> Any:
        if code.co_filename.startswith(home):
            lines.add((code.co_filename.removeprefix(home), number))
        return monitoring.DISABLE

    monitoring.use_tool_id(TOOL, "simulator")
    monitoring.register_callback(TOOL, monitoring.events.LINE, ran)
    monitoring.restart_events()
    monitoring.set_events(TOOL, monitoring.events.LINE)
    try:
        yield
    finally:
        monitoring.set_events(TOOL, monitoring.events.NO_EVENTS)
        monitoring.free_tool_id(TOOL)


def executable() -> Iterator[Line]:
    """Return every executable line within a function."""
    for path in sorted(FUNCTIONS.rglob("*.py")):
        code = compile(path.read_text(), str(path), "exec")
        yield from ((str(path.relative_to(FUNCTIONS)), number) for number in _within_functions(code))


def text(line: Line) -> str:
    """Return the text of a line."""
    name, number = line
    return (FUNCTIONS / name).read_text().splitlines()[number - 1].strip()


def _within_functions(code: CodeType) -> Iterator[int]:
    for inner in (each for each in code.co_consts if isinstance(each, CodeType)):
        yield from _within_functions(inner)
        if inner.co_flags & 0x2:  # has its own local variables: a function, not the body of a class
            yield from {number for _, _, number in inner.co_lines() if number and number != inner.co_firstlineno}
