"""The timeline of an order: the delay before each execution, the attempts, and the waits between them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from saga.graph import Outcome
from saga.orders.attempts import Attempt, attempts, visits
from saga.orders.effects import effects
from saga.orders.record import Record
from saga.text.safe import error_text


@dataclass(frozen=True)
class Bar:
    """A stretch of time, in ms since the epoch; `ended` is None while it lasts.

    `relay` is the time from an event to the start of its execution, `wait` the time between two attempts. `label` is
    the state's name, or the event's for `relay`.
    """

    label: str
    kind: Literal["relay", "attempt", "wait"]
    started: int
    ended: int | None
    outcome: Outcome | None
    note: str


def timeline(record: Record) -> list[Bar]:
    """Return all bars, in the order in which they started."""
    running = {execution.name for execution in record.executions if execution.stopped is None}
    waits = (bar for visit in visits(record) for bar in _waits(visit, running))
    tries = (
        Bar(each.state, "attempt", each.started, each.ended, each.outcome, error_text(each.error, each.cause))
        for each in attempts(record)
    )
    return sorted([*_relays(record), *tries, *waits], key=lambda bar: bar.started)


def _relays(record: Record) -> Iterator[Bar]:
    started, awaited = {execution.name: execution.started for execution in record.executions}, record.awaited
    for event, effect in zip(record.events, effects(record), strict=True):
        begun = started.get(event.execution(record.order_id))  # unknown if AWS keeps no execution
        if begun or event is awaited:
            why = effect.text if event.outcome == "resumed" else "from the event to the start of its execution"
            yield Bar(event.type, "relay", event.at, begun, None, why)


def _waits(visit: list[Attempt], running: set[str]) -> Iterator[Bar]:
    for before, after in pairwise(visit):
        if before.ended is not None:
            yield Bar(before.state, "wait", before.ended, after.started, None, f"before attempt {after.number}")
    last = visit[-1]
    if last.ended is not None and last.outcome is Outcome.FAILED and last.execution in running:
        yield Bar(last.state, "wait", last.ended, None, None, f"before attempt {last.number + 1}")
