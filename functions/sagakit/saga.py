"""A saga as a table: its steps in order, each with its compensation. Everything that depends on the steps uses it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module

from sagakit.errors import BusinessError
from sagakit.step import Compensation, Forward

TABLES = "sagas"  # the application's module that declares its sagas


class Status(StrEnum):
    """The status of a saga: PENDING → CONFIRMED, or PENDING → CANCELLING → FAILED."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    CANCELLING = "CANCELLING"
    FAILED = "FAILED"


class Coordinator(StrEnum):
    """What runs the states of a saga, one after the other."""

    STATE_MACHINE = "state machine"
    QUEUES = "queues"


@dataclass(frozen=True, eq=False)
class Saga:
    """The declaration of a saga.

    `name` appears in rows, states and events; `started` is the event that starts the saga. An execution may last
    `execution_seconds`, and the saga may stay PENDING for `deadline_seconds`. `introduced` steps are not required yet,
    because executions of the previous definition are still running. A saga that starts after its pivot has no `steps`
    with compensations, but steps that are `retriable`: it never goes back, and at its deadline it is parked.
    """

    name: str
    started: str
    execution_seconds: int
    deadline_seconds: int
    steps: tuple[tuple[Forward, Compensation], ...] = ()
    introduced: tuple[Forward, ...] = ()
    retriable: tuple[Forward, ...] = ()
    coordinator: Coordinator = Coordinator.STATE_MACHINE

    def name_for(self, pattern: str) -> str:
        """Name a state or an event after the saga: "Confirm{}" is ConfirmOrder, "{}Failed" is OrderFailed."""
        return pattern.format(self.name.capitalize())

    @property
    def forward(self) -> tuple[Forward, ...]:
        """The forward steps, in order."""
        return (*(step for step, _ in self.steps), *self.retriable)

    @property
    def refusals(self) -> tuple[type[BusinessError], ...]:
        """The errors that end a saga of this kind for business reasons."""
        return tuple(error for step in self.forward for error in step.refusals)

    @property
    def compensations(self) -> tuple[Compensation, ...]:
        """The compensations, in the reverse order of their steps."""
        return tuple(compensation for _, compensation in reversed(self.steps))

    def undoing(self, step: Forward) -> tuple[str, ...]:
        """Return the event of the step's compensation; none if the step is never undone."""
        return tuple(compensation.event for each, compensation in self.steps if each is step)

    @property
    def confirmed_by(self) -> tuple[str, ...]:
        """The events required to confirm the saga."""
        return tuple(step.event for step in self.forward if step not in self.introduced)

    @property
    def undone_by(self) -> tuple[str, ...]:
        """The events required to end a cancelled saga as FAILED."""
        return tuple(compensation.event for compensation in self.compensations)

    @property
    def guarded(self) -> tuple[str, ...]:
        """Events that are recorded before a cancellation or never, so a cancellation must be later than all of them."""
        return tuple(event for step in self.forward for event in step.guarded)


@cache
def sagas() -> dict[str, Saga]:
    """Return the application's sagas by name, in the order of declaration."""
    return {each.name: each for each in vars(import_module(TABLES)).values() if isinstance(each, Saga)}


def named(name: str) -> Saga:
    """Return the saga of this name; rows written before sagas had names belong to the first one."""
    return sagas()[name] if name else next(iter(sagas().values()))
