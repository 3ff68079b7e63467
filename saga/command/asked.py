"""What a command was asked: about which stack, and how to answer."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from saga.command.answer import Json, Output, console, print_line

if TYPE_CHECKING:
    from rich.console import RenderableType

    from saga.stack import Stack
    from saga.target import Target


@dataclass(frozen=True)
class Asked:
    """The common options of one call."""

    target: "Target"
    output: Output = Output.TABLE

    @cached_property
    def stack(self) -> "Stack":
        """The stack, read when it is first needed. Raises Unreachable, UsageFailure."""
        return self.target.load()

    def answer(self, data: Json, shown: "RenderableType") -> None:
        """Prints the answer: `data` as JSON for programs, `shown` for people."""
        match self.output:
            case Output.TABLE if isinstance(shown, str):
                print_line(shown)
            case Output.TABLE:
                console().print(shown)
            case Output.JSON:
                print_line(json.dumps(data, indent=2))
            case Output.JSONL:
                for each in data if isinstance(data, list) else [data]:
                    print_line(json.dumps(each))

    def answer_next(self, data: Json, shown: str) -> None:
        """Prints the next part of an answer that goes on: a line of JSON, with both `json` and `jsonl`."""
        print_line(shown if self.output is Output.TABLE else json.dumps(data))
