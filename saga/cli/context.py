"""The context of one call: which stack it is about and how it prints its results."""

import json
from functools import cached_property

import typer
from rich.console import RenderableType

from saga.cli.output import Output, console, print_line
from saga.http import Json
from saga.stack.stack import Stack
from saga.stack.target import Target


class Context(typer.Context):
    """Typer's context with the options that every command has."""

    target: Target
    output: Output

    @cached_property
    def stack(self) -> Stack:
        """The stack, read when a command first needs it."""
        return self.target.load()

    def answer(self, data: Json, text: RenderableType) -> None:
        """Print the result: `data` as JSON, or `text` as a table."""
        match self.output:
            case Output.TABLE if isinstance(text, str):
                print_line(text)
            case Output.TABLE:
                console().print(text)
            case Output.JSON:
                print_line(json.dumps(data, indent=2))
            case Output.JSONL:
                for each in data if isinstance(data, list) else [data]:
                    print_line(json.dumps(each))

    def answer_next(self, data: Json, text: str) -> None:
        """Print the next part of a result that arrives in parts. As JSON, each part is one line."""
        print_line(text if self.output is Output.TABLE else json.dumps(data))
