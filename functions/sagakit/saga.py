"""A saga as a table: its steps in order, each with what undoes it. All that depends on the steps comes from here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sagakit.step import Compensation, Forward

TABLES = "sagas"  # the application's module with its sagas


class Status(StrEnum):
    """State of a saga's row: PENDING → CONFIRMED, or PENDING → CANCELLING → FAILED."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    CANCELLING = "CANCELLING"
    FAILED = "FAILED"


@dataclass(frozen=True, eq=False)
class Saga:
    """`name` names it in rows, states and events; `started` is the event that starts it.

    `execution_seconds` is as long as an execution may last, `deadline_seconds` as long as the saga may stay PENDING.
    Steps that are `introduced` are not required yet: executions of the definition before them still run.
    """

    name: str
    started: str
    steps: tuple[tuple[Forward, Compensation], ...]
    execution_seconds: int
    deadline_seconds: int
    introduced: tuple[Forward, ...] = ()

    def called(self, what: str) -> str:
        """Name a state or an event after the saga: "Confirm{}" is ConfirmOrder, "{}Failed" is OrderFailed."""
        return what.format(self.name.capitalize())

    @property
    def forward(self) -> tuple[Forward, ...]:
        """The steps, in order."""
        return tuple(step for step, _ in self.steps)

    @property
    def compensations(self) -> tuple[Compensation, ...]:
        """What undoes the steps: what was done last is undone first."""
        return tuple(compensation for _, compensation in reversed(self.steps))

    @property
    def confirmed_by(self) -> tuple[str, ...]:
        """Events without which it cannot be confirmed."""
        return tuple(step.event for step in self.forward if step not in self.introduced)

    @property
    def undone_by(self) -> tuple[str, ...]:
        """Events without which it cannot be called failed."""
        return tuple(compensation.event for compensation in self.compensations)

    @property
    def guarded(self) -> tuple[str, ...]:
        """Events that are recorded before a cancellation or not at all: it must also come after them."""
        return tuple(event for step in self.forward for event in step.guarded)


@cache
def sagas() -> dict[str, Saga]:
    """Give the application's sagas by name, in the order of its table."""
    return {each.name: each for each in vars(import_module(TABLES)).values() if isinstance(each, Saga)}


def named(name: str) -> Saga:
    """Give the saga of this name; rows that are older than the names are of the first one."""
    return sagas()[name] if name else next(iter(sagas().values()))
