"""When what happened: the delay before the saga, the attempts, the waits between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from saga.graph import Outcome
from saga.orders.attempts import Attempt, attempts, visits
from saga.orders.record import Record


@dataclass(frozen=True)
class Bar:
    """A stretch of time, in milliseconds since the epoch; `ended` is None while it lasts.

    `relay` is the time from an event that starts a saga to the start of its execution, `wait` the time between two
    attempts. `label` is the state's name, for `relay` the event's.
    """

    label: str
    kind: Literal["relay", "attempt", "wait"]
    started: int
    ended: int | None
    outcome: Outcome | None
    note: str


def timeline(record: Record) -> list[Bar]:
    """All bars, in the order in which they started."""
    running = {execution.name for execution in record.executions if execution.stopped is None}
    waits = (bar for visit in visits(record) for bar in _waits(visit, running))
    bars = [*_relays(record), *map(_attempt, attempts(record)), *waits]
    return sorted(bars, key=lambda bar: bar.started)


def _relays(record: Record) -> Iterator[Bar]:
    """Where executions leave nothing, when one started is not known."""
    started = {execution.name: execution.started for execution in record.executions}
    for event in record.events:
        begun = started.get(event.execution(record.order_id))
        if event.starts_saga and (begun or not event.dispatched):
            yield Bar(event.type, "relay", event.at, begun, None, "from the event to the start of its execution")


def _attempt(attempt: Attempt) -> Bar:
    note = ": ".join(filter(None, (attempt.error, attempt.cause)))
    return Bar(attempt.state, "attempt", attempt.started, attempt.ended, attempt.outcome, note)


def _waits(visit: list[Attempt], running: set[str]) -> Iterator[Bar]:
    for before, after in pairwise(visit):
        if before.ended is not None:
            yield Bar(before.state, "wait", before.ended, after.started, None, f"before attempt {after.number}")
    last = visit[-1]
    if last.ended is not None and last.outcome is Outcome.FAILED and last.execution in running:
        yield Bar(last.state, "wait", last.ended, None, None, f"before attempt {last.number + 1}")
