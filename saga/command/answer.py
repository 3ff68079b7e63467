"""How a command answers: a table for people, or JSON for programs, on stdout; everything else goes to stderr."""

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

type Json = Any

_WIDEST = 10_000  # columns: a pipe does not cut lines off


class Output(StrEnum):
    """The shape of an answer. `json` is one document; `jsonl` has a line for each element of a list."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


def print_line(text: str) -> None:
    """Prints a line at once, so that a reader of a pipe has it."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def console() -> "Console":
    """The console of stdout: colours on a terminal without NO_COLOR, plain text of any width in a pipe."""
    from rich.console import Console  # noqa: PLC0415 - keeps the command's help fast

    terminal = sys.stdout.isatty()
    return Console(highlight=False, markup=False, emoji=False, width=None if terminal else _WIDEST)
