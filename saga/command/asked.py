"""What a command was asked: about which stack, and how to answer."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from saga.command.answer import Json, Output, answer, answer_next

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
        """Prints the answer: `data` for programs, `shown` for people."""
        answer(self.output, data, shown)

    def answer_next(self, data: Json, shown: str) -> None:
        """Prints the next part of an answer that goes on."""
        answer_next(self.output, data, shown)
