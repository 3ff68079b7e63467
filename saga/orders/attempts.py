"""Every attempt at every state, with its times and its error: read from histories, or told by events."""

import json
from dataclasses import replace

from saga.graph import Outcome
from saga.orders import told
from saga.orders.facts import Attempt, Execution, Json, details
from saga.orders.record import Record

__all__ = ["Attempt", "attempts", "message", "of_execution", "visits"]


def attempts(record: Record) -> list[Attempt]:
    """All of them, in the order in which they started; each retry is one."""
    return sorted(_attempts(record), key=lambda attempt: attempt.started)


def visits(record: Record) -> list[list[Attempt]]:
    """The attempts of each visit of a state, in the order in which the states were entered."""
    found: list[list[Attempt]] = []
    for attempt in _attempts(record):
        if attempt.number == 1:
            found.append([])
        found[-1].append(attempt)
    return sorted(found, key=lambda visit: visit[0].started)


def _attempts(record: Record) -> list[Attempt]:
    """Execution by execution; told by the events where none has a history."""
    if any(execution.history for execution in record.executions):
        return [attempt for execution in record.executions for attempt in of_execution(execution)]
    return told.attempts(record)


def of_execution(execution: Execution) -> list[Attempt]:
    """The attempts that its history tells of."""
    found: list[Attempt] = []
    for entry in execution.history:
        if entry["type"].endswith("StateEntered"):
            found.append(_entered(execution, entry))
        elif found:
            _go_on(found, entry)
    return found


def _entered(execution: Execution, entry: Json) -> Attempt:
    state, given = details(entry)["name"], _parsed(details(entry).get("input"))
    return Attempt(execution.name, state, 1, entry["timestamp"], None, Outcome.RUNNING, None, None, given, None)


def _go_on(found: list[Attempt], entry: Json) -> None:
    """What an entry says of the last attempt, or of a new one after it."""
    last, kind = found[-1], entry["type"]
    if kind.endswith("StateExited"):
        found[-1] = _exited(last, entry)
    elif kind.endswith("Scheduled") and last.outcome is Outcome.FAILED:  # else it is the first, under way since entered
        found.append(_again(last, entry))
    elif last.outcome is not Outcome.RUNNING:
        return  # the execution ends as its last attempt did
    elif kind.endswith("Succeeded"):
        found[-1] = _succeeded(last, entry)
    elif kind.endswith(("Failed", "TimedOut", "Aborted")):
        found[-1] = _failed(last, entry)


def _again(last: Attempt, entry: Json) -> Attempt:
    again = replace(last, number=last.number + 1, started=entry["timestamp"], ended=None, outcome=Outcome.RUNNING)
    return replace(again, error=None, cause=None, output=None)


def _failed(last: Attempt, entry: Json) -> Attempt:
    error, cause = details(entry).get("error") or entry["type"], message(details(entry).get("cause"))
    return replace(last, ended=entry["timestamp"], outcome=Outcome.FAILED, error=error, cause=cause)


def _succeeded(last: Attempt, entry: Json) -> Attempt:
    output = _parsed(details(entry).get("output"))
    return replace(last, ended=entry["timestamp"], outcome=Outcome.SUCCEEDED, output=output)


def _exited(last: Attempt, entry: Json) -> Attempt:
    """Its output is the state's, which the definition may have made of the task's."""
    if last.outcome is Outcome.FAILED:
        return replace(last, outcome=Outcome.CAUGHT, output=_parsed(details(entry).get("output")))
    done = _succeeded(last, entry)
    return done if last.ended is None else replace(done, ended=last.ended)


def message(cause: str | None) -> str | None:
    """What a person can read of an error's cause: the message within Lambda's JSON, which a Fail state may quote."""
    start = (cause or "").find("{")
    parsed = _parsed(cause[start:]) if cause and start >= 0 else None
    if isinstance(parsed, dict) and "errorMessage" in parsed:
        return f"{cause[:start]}{parsed['errorMessage']}" if cause else None
    return cause


def _parsed(text: str | None) -> Json:
    """The JSON of a history; what is none, or was cut off, stays text."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text
