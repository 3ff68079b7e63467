"""Results go to stdout: tables for people, JSON for programs. Everything else goes to stderr."""

import os
import sys
import webbrowser
from enum import StrEnum

from rich.console import Console

_PIPE_WIDTH = 10_000  # columns: wide enough never to cut a line in a pipe


class Output(StrEnum):
    """The format of a result. `json` is one document; `jsonl` has one line for each element of a list."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


def print_line(text: str) -> None:
    """Print a line to stdout and flush it, so that a reader of a pipe has it at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def console(*, stderr: bool = False) -> Console:
    """Return a console: colours on a terminal without NO_COLOR, plain text of any width in a pipe."""
    width = None if (sys.stderr if stderr else sys.stdout).isatty() else _PIPE_WIDTH
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def open_page(url: str) -> None:
    """Open a page in the browser if there is a desktop; otherwise a text browser would take over the terminal."""
    if sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        webbrowser.open(url)
