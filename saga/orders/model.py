"""The parts of a record: the events of an order, its executions and their attempts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from saga.graph import Outcome
from saga.http import Json
from saga.stack.legacy import ATTRIBUTES, attributes


@dataclass(frozen=True)
class Event:
    """An event row. `at` is ms since the epoch; `detail` is as the API shows it, with money in major units.

    `state` is the state of the definition that recorded it, empty for the API, recovery or an operator. `outcome` is
    started, intended, done, refused, undone, confirmed, cancelling, failed, parked, resumed or returning. `error` names
    a refusal; `rests_on` are the events that prove a decision.
    """

    type: str
    at: int
    detail: Json
    starts_saga: bool
    saga: str = ""
    state: str = ""
    outcome: str = ""
    error: str = ""
    rests_on: tuple[str, ...] = ()

    @classmethod
    def of(cls, event: Mapping[str, Json], event_type: str, at: int, detail: Json) -> Self:
        """Return the event of a row, or of an export whose type, time and detail are already converted."""
        values: Json = {ATTRIBUTES[name]: value for name, value in attributes(event_type, event).items()}
        rests_on = tuple(values.pop("rests_on", ()))
        return cls(event_type, at, detail, event["startsSaga"], **values, rests_on=rests_on)

    def execution(self, order_id: str) -> str:
        """Return the name of the execution that the event starts, if it starts one."""
        return f"{order_id}-{self.type.replace('#', '-')}"


@dataclass(frozen=True)
class Execution:
    """An execution of the saga. `history` has the fields of GetExecutionHistory; `trace` is the ID of its X-Ray trace.

    All times, including the `timestamp` of each history entry, are ms since the epoch.
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

    @property
    def result(self) -> str:
        """Its status, or PAUSED if it ended because its order waits, which AWS calls a success."""
        is_paused = isinstance(self.output, dict) and self.output.get("status") == "PAUSED"
        return "PAUSED" if is_paused else self.status


@dataclass(frozen=True)
class Attempt:
    """One attempt at a state; `number` counts from 1 within a visit of the state. Times are ms since the epoch.

    `outcome` is CAUGHT if the error led to another state, FAILED if it was retried or ended the execution. Read from
    events, an attempt has no input and output, is never a retry, and `started` is the earliest possible time.
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
    """Return the details of a history entry."""
    return next((value for name, value in entry.items() if name.endswith("EventDetails")), {})


def parsed(text: str | None) -> Json:
    """Return the JSON in a text; text that is not JSON, perhaps because it was truncated, stays text."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text
