"""Progress on stderr: what is running and how long it took. Plain lines where there is no terminal."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from saga.cli.output import console
from saga.text.durations import duration

_console = console(stderr=True)


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


def _running(title: str) -> AbstractContextManager[object]:
    if _console.is_terminal:
        return _console.status(title)
    _console.print(f"… {title}", soft_wrap=True)
    return nullcontext()
