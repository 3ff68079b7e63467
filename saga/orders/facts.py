"""What a record is made of: the events of an order, its executions, and their attempts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from saga.graph import Outcome
from saga.legacy import ATTRIBUTES, said

type Json = Any


@dataclass(frozen=True)
class Event:
    """An event row. `at` is in milliseconds since the epoch; `detail` is as the API shows it, money in major units.

    `state` of the definition made it, none where the API, recovery or an operator did. `outcome` is what it says of
    that: started, intended, done, refused, undone, confirmed, cancelling, failed, parked or resumed. `error` names a
    refusal; `rests_on` are the events that a decision proved.
    """

    type: str
    at: int
    detail: Json
    starts_saga: bool
    dispatched: bool
    saga: str = ""
    state: str = ""
    outcome: str = ""
    error: str = ""
    rests_on: tuple[str, ...] = ()

    @classmethod
    def of(cls, event: Mapping[str, Json], event_type: str, at: int, detail: Json, *, dispatched: bool) -> Self:
        """Of a row, or of an event of an export, what is read already given; older ones are understood as well."""
        made: Json = {ATTRIBUTES[name]: value for name, value in said(event_type, event).items()}
        rests_on = tuple(made.pop("rests_on", ()))
        return cls(event_type, at, detail, event["startsSaga"], dispatched, **made, rests_on=rests_on)

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


@dataclass(frozen=True)
class Attempt:
    """One attempt; `number` counts from 1 within one visit of the state. Times are milliseconds since the epoch.

    `outcome` is CAUGHT where the error led on to another state, FAILED where it was retried or ended the execution.
    `cause` is the message for people; what else Lambda told stands in the history. Told by events, `started` is the
    earliest that it can have been, and neither retries nor input and output are known.
    """

    execution: str
    state: str
    number: int
    started: int
    ended: int | None
    outcome: Outcome
    error: str | None
    cause: str | None
    input: Json
    output: Json


def details(entry: Json) -> Json:
    """What an entry of a history tells besides its type and time."""
    return next((value for name, value in entry.items() if name.endswith("EventDetails")), {})
