"""How a command answers: a table for people, or JSON for programs, on stdout; everything else goes to stderr."""

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

type Json = Any

_WIDEST = 10_000  # columns: a pipe does not cut lines off


class Output(StrEnum):
    """The shape of an answer. `json` is one document; `jsonl` has a line for each element of a list."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


def answer(output: Output, data: Json, shown: "RenderableType") -> None:
    """Prints `data` as JSON, or `shown` for people."""
    match output:
        case Output.TABLE if isinstance(shown, str):
            print_line(shown)
        case Output.TABLE:
            console().print(shown)
        case Output.JSON:
            print_line(json.dumps(data, indent=2))
        case Output.JSONL:
            for each in data if isinstance(data, list) else [data]:
                print_line(json.dumps(each))


def answer_next(output: Output, data: Json, shown: str) -> None:
    """Prints the next part of an answer that goes on: for programs a line of JSON, with both `json` and `jsonl`."""
    print_line(shown if output is Output.TABLE else json.dumps(data))


def print_line(text: str) -> None:
    """Prints a line at once, so that a reader of a pipe has it."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def console() -> "Console":
    """The console of stdout: colours on a terminal without NO_COLOR, plain text of any width in a pipe."""
    from rich.console import Console  # noqa: PLC0415 - keeps the command's help fast

    terminal = sys.stdout.isatty()
    return Console(highlight=False, markup=False, emoji=False, width=None if terminal else _WIDEST)
