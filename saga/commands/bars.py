"""Progress of many things, on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from saga.progress import step


@contextmanager
def bars(title: str, **totals: int) -> Iterator[Callable[[str], None]]:
    """Shows a bar for each name; gives what moves the bar of a name on by one. Without a terminal, two lines."""
    from rich.console import Console  # noqa: PLC0415 - keeps the command's help fast
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        with step(title):
            yield lambda _name: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        tasks = {name: progress.add_task(name, total=total) for name, total in totals.items()}
        yield lambda name: progress.advance(tasks[name])
