"""Every attempt at every state, with its times and its error, read from histories or, without any, from events."""

from dataclasses import replace

from saga.graph import Outcome
from saga.http import Json
from saga.orders import from_events
from saga.orders.model import Attempt, Execution, details, parsed
from saga.orders.record import Record

__all__ = ["Attempt", "attempts", "message", "of_execution", "visits"]


def attempts(record: Record) -> list[Attempt]:
    """Return all attempts, each retry included, in the order in which they started."""
    return sorted(_attempts(record), key=lambda attempt: attempt.started)


def visits(record: Record) -> list[list[Attempt]]:
    """Return the attempts of each visit of a state, in the order in which the states were entered."""
    grouped: list[list[Attempt]] = []
    for attempt in _attempts(record):
        if attempt.number == 1:
            grouped.append([])
        grouped[-1].append(attempt)
    return sorted(grouped, key=lambda visit: visit[0].started)


def _attempts(record: Record) -> list[Attempt]:
    if any(execution.history for execution in record.executions):
        return [attempt for execution in record.executions for attempt in of_execution(execution)]
    return from_events.attempts(record)


def of_execution(execution: Execution) -> list[Attempt]:
    """Return the attempts in the execution's history."""
    result: list[Attempt] = []
    for entry in execution.history:
        if entry["type"].endswith("StateEntered"):
            state, input_ = details(entry)["name"], parsed(details(entry).get("input"))
            result.append(_started(execution.name, state, 1, entry, input_))
        elif result:
            _apply(entry, result)
    return result


def _started(execution: str, state: str, number: int, entry: Json, input_: Json) -> Attempt:
    return Attempt(execution, state, number, entry["timestamp"], None, Outcome.RUNNING, None, None, input_, None)


def _apply(entry: Json, result: list[Attempt]) -> None:
    """Update the last attempt with an entry of the history, or add a retry."""
    last, kind = result[-1], entry["type"]
    if kind.endswith("StateExited"):
        result[-1] = _exited(last, entry)
    elif kind.endswith("Scheduled") and last.outcome is Outcome.FAILED:
        result.append(_started(last.execution, last.state, last.number + 1, entry, last.input))
    elif last.outcome is not Outcome.RUNNING:
        return  # the end of the execution is not another attempt's
    elif kind.endswith("Succeeded"):
        result[-1] = _succeeded(last, entry)
    elif kind.endswith(("Failed", "TimedOut", "Aborted")):
        error, cause = details(entry).get("error") or kind, message(details(entry).get("cause"))
        result[-1] = replace(last, ended=entry["timestamp"], outcome=Outcome.FAILED, error=error, cause=cause)


def _succeeded(last: Attempt, entry: Json) -> Attempt:
    output = parsed(details(entry).get("output"))
    return replace(last, ended=entry["timestamp"], outcome=Outcome.SUCCEEDED, output=output)


def _exited(last: Attempt, entry: Json) -> Attempt:
    """Return the attempt with the output of the state, which may differ from the task's."""
    exited = _succeeded(last, entry)
    if last.outcome is Outcome.FAILED:
        return replace(exited, ended=last.ended, outcome=Outcome.CAUGHT)
    return exited if last.ended is None else replace(exited, ended=last.ended)


def message(cause: str | None) -> str | None:
    """Return the message in an error's cause: Lambda puts it into JSON, which a Fail state may quote."""
    prefix, brace, rest = (cause or "").partition("{")
    content = parsed(brace + rest)
    return f"{prefix}{content['errorMessage']}" if isinstance(content, dict) and "errorMessage" in content else cause
