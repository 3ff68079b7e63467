"""Shows on stderr what is being done and how long it took; plain lines where there is no terminal."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from rich.console import Console

_console = Console(stderr=True, highlight=False)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Shows that the work inside is under way, then that it is done or has failed."""
    started = time.monotonic()
    try:
        with _under_way(title):
            yield
    except BaseException:
        _ended("✗", title, started)
        raise
    _ended("✓", title, started)


def _under_way(title: str) -> AbstractContextManager[object]:
    if _console.is_terminal:
        return _console.status(title)
    _console.print(f"… {title}", soft_wrap=True, markup=False)
    return nullcontext()


def _ended(mark: str, title: str, started: float) -> None:
    _console.print(f"{mark} {title}  {time.monotonic() - started:.1f} s", soft_wrap=True, markup=False)
