"""What became of each state of the definition, read from the histories, or from the events where there is none."""

from dataclasses import replace
from typing import Literal

from saga.graph import Outcome, StateStatus
from saga.orders.attempts import Attempt, visits
from saga.orders.definition import ENDS
from saga.orders.facts import Execution
from saga.orders.record import Record


def statuses(record: Record, until: int | None = None) -> dict[str, StateStatus]:
    """By state, all of the definition's, as of `until` (milliseconds since the epoch).

    Where a state was visited by several executions, the last one counts; where one ended, only the last one's end.
    """
    seen = record if until is None else as_of(record, until)
    running = {execution.name for execution in seen.executions if execution.stopped is None}
    made = visits(seen)
    found = {state: StateStatus() for state in seen.definition["States"]}
    found |= {visit[-1].state: _status(visit, running) for visit in made}
    return {**found, **dict.fromkeys(_past_ends(seen, made), StateStatus())}


def source(record: Record) -> Literal["history", "events"]:
    """Where the statuses come from: our events, when the executions left no history."""
    return "history" if any(execution.history for execution in record.executions) else "events"


def moments(record: Record) -> list[int]:
    """The times at which anything changed, in milliseconds since the epoch, ascending."""
    told = {event.at for event in record.events}
    return sorted(told | {entry["timestamp"] for each in record.executions for entry in each.history})


def as_of(record: Record, until: int) -> Record:
    """What the events and histories of the record were at that time; its rows are as they are now."""
    events = tuple(event for event in record.events if event.at <= until)
    executions = tuple(_execution_as_of(each, until) for each in record.executions if each.started <= until)
    return replace(record, events=events, executions=executions)


def _execution_as_of(execution: Execution, until: int) -> Execution:
    history = tuple(entry for entry in execution.history if entry["timestamp"] <= until)
    if execution.stopped is not None and execution.stopped <= until:
        return replace(execution, history=history)
    running = replace(execution, status="RUNNING", stopped=None, output=None, error=None, cause=None)
    return replace(running, history=history)


def _status(visit: list[Attempt], running: set[str]) -> StateStatus:
    """A state whose attempt failed is still running while it waits for the next."""
    last = visit[-1]
    waits = last.outcome is Outcome.FAILED and last.execution in running
    return StateStatus(Outcome.RUNNING if waits else last.outcome, last.number - 1)


def _past_ends(record: Record, made: list[list[Attempt]]) -> set[str]:
    """The ends that executions before the last one reached: the order went on from there."""
    last = [visit[0].execution for visit in made][-1:]
    ends = {name for name, state in record.definition["States"].items() if state["Type"] in ENDS}
    return ends - {visit[0].state for visit in made if visit[0].execution in last}
