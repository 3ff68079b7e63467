"""What a record is made of: the events of an order, and its executions."""

from dataclasses import dataclass
from typing import Any

type Json = Any


@dataclass(frozen=True)
class Event:
    """An event row. `at` is in milliseconds since the epoch; `detail` is as the API shows it, money in major units."""

    type: str
    at: int
    detail: Json
    starts_saga: bool
    dispatched: bool

    @property
    def kind(self) -> str:
        """Type without its number: OrderParked for OrderParked#2."""
        return self.type.partition("#")[0]

    def execution(self, order_id: str) -> str:
        """Name of the execution that it starts, if it starts one."""
        return f"{order_id}-{self.type.replace('#', '-')}"


@dataclass(frozen=True)
class Execution:
    """An execution of the saga. `history` has the fields of GetExecutionHistory.

    Times, `timestamp` of each entry of `history` among them, are milliseconds since the epoch. `trace` is the id of
    its X-Ray trace.
    """

    name: str
    status: str
    started: int
    stopped: int | None
    input: Json
    output: Json
    error: str | None
    cause: str | None
    history: tuple[Json, ...]
    trace: str | None = None


def details(entry: Json) -> Json:
    """What an entry of a history tells besides its type and time."""
    return next((value for name, value in entry.items() if name.endswith("EventDetails")), {})
