"""The outcome of each state of the definition, now or at an earlier time."""

from dataclasses import replace
from typing import Literal

from saga.graph import Outcome, StateStatus
from saga.orders.attempts import Attempt, visits
from saga.orders.from_events import ENDS
from saga.orders.model import Execution
from saga.orders.record import Record


def statuses(record: Record, until: int | None = None) -> dict[str, StateStatus]:
    """Return the status of every state of the definition, as of `until` (ms since the epoch).

    If several executions visited a state, its last visit counts. Only the last execution's end counts as an end.
    """
    seen = record if until is None else as_of(record, until)
    running = {execution.name for execution in seen.executions if execution.stopped is None}
    visited = visits(seen)
    result = {state: StateStatus() for state in seen.definition["States"]}
    result |= {visit[-1].state: _status(visit, running) for visit in visited}
    return {**result, **dict.fromkeys(_past_ends(seen, visited), StateStatus())}


def source(record: Record) -> Literal["history", "events"]:
    """Return what the statuses are read from: the events, if the executions left no history."""
    return "history" if any(execution.history for execution in record.executions) else "events"


def moments(record: Record) -> list[int]:
    """Return the times at which anything changed, in ms since the epoch, ascending."""
    times = {event.at for event in record.events}
    return sorted(times | {entry["timestamp"] for each in record.executions for entry in each.history})


def as_of(record: Record, until: int) -> Record:
    """Return the record with its events and histories up to that time; its rows stay as they are now."""
    events = tuple(event for event in record.events if event.at <= until)
    executions = tuple(_execution_as_of(each, until) for each in record.executions if each.started <= until)
    return replace(record, events=events, executions=executions)


def _execution_as_of(execution: Execution, until: int) -> Execution:
    history = tuple(entry for entry in execution.history if entry["timestamp"] <= until)
    seen = replace(execution, history=history)
    if execution.stopped is not None and execution.stopped <= until:
        return seen
    return replace(seen, status="RUNNING", stopped=None, output=None, error=None, cause=None)


def _status(visit: list[Attempt], running: set[str]) -> StateStatus:
    """Return the status after a visit: a state whose attempt failed is running while it waits for the next."""
    last = visit[-1]
    waits = last.outcome is Outcome.FAILED and last.execution in running
    return StateStatus(Outcome.RUNNING if waits else last.outcome, last.number - 1)


def _past_ends(record: Record, visited: list[list[Attempt]]) -> set[str]:
    """Return the end states that only executions before the last one reached."""
    last = [visit[0].execution for visit in visited][-1:]
    ends = {name for name, state in record.definition["States"].items() if state["Type"] in ENDS}
    return ends - {visit[0].state for visit in visited if visit[0].execution in last}
