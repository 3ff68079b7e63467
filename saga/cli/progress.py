"""Progress on stderr: what is running and how long it took. Plain lines where there is no terminal."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from saga.cli.output import console
from saga.text.durations import duration

_console = console(stderr=True)
_A_LINE = 10_000  # rows, where there is no terminal


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show that the block is running, then that it is done or has failed."""
    started, mark = time.monotonic(), "✗"
    try:
        with _running(title):
            yield
        mark = "✓"
    finally:
        _console.print(f"{mark} {title}  {duration(round((time.monotonic() - started) * 1000))}", soft_wrap=True)


@contextmanager
def bars(title: str, **totals: int) -> Iterator[Callable[[str], None]]:
    """Show a progress bar for each name. Yield a function that advances the bar of a name by one."""
    if not _console.is_terminal:
        with step(title):
            yield lambda _name: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_console) as progress:
        tasks = {name: progress.add_task(name, total=total) for name, total in totals.items()}
        yield lambda name: progress.advance(tasks[name])


@contextmanager
def tally(title: str) -> Iterator[Callable[[str, int], None]]:
    """Show how many rows of each table were read, out of nobody knows how many. Yield a function that adds to them."""
    rows, tasks = Counter[str](), dict[str, TaskID]()
    if not _console.is_terminal:

        def tell(table: str, more: int) -> None:
            rows[table] += more
            if rows[table] // _A_LINE > (rows[table] - more) // _A_LINE:
                _console.print(f"… {title}: {rows[table]} rows of {table}", soft_wrap=True)

        with step(title):
            yield tell
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed} rows"))
    with Progress(*columns, TimeElapsedColumn(), console=_console) as progress:

        def advance(table: str, more: int) -> None:
            if table not in tasks:
                tasks[table] = progress.add_task(table, total=None)
            progress.advance(tasks[table], more)

        yield advance


def _running(title: str) -> AbstractContextManager[object]:
    if _console.is_terminal:
        return _console.status(title)
    _console.print(f"… {title}", soft_wrap=True)
    return nullcontext()
