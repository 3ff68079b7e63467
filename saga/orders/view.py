"""The order at a glance."""

from saga.clock import iso
from saga.failure import CONFIRMED, FAILED, PARKED
from saga.orders import words
from saga.orders.attempts import Attempt, message, visits
from saga.orders.facts import Execution, Json
from saga.orders.links import links
from saga.orders.record import Record
from saga.orders.states import source

_EXIT_CODES = {"CONFIRMED": CONFIRMED, "FAILED": FAILED, "PARKED": PARKED}


def view(record: Record) -> Json:
    """The order as the API shows it, and more.

    `outcome` is in words, `exitCode` the one of `saga order watch`, null while the order is under way; `path` has the
    states in the order in which they were visited, with the outcome, the retries and the last error of each visit.
    """
    return {
        **record.order,
        "outcome": outcome(record),
        "exitCode": exit_code(record),
        "source": source(record),
        "path": path(record),
        "payment": record.payment,
        "executions": [_execution(each) for each in record.executions],
        "stack": record.stack,
        "versions": record.versions,
        "links": links(record),
    }


def outcome(record: Record) -> str:
    """What became of the order, and why."""
    match record.status:
        case "PENDING":
            return "under way"
        case "CONFIRMED":
            return "confirmed"
        case "CANCELLING":
            return f"being undone: {why(record.order)}"
        case "FAILED":
            return f"failed, and all is undone: {why(record.order)}"
        case _:
            missing = ", ".join(map(words.clean, record.order["parked"]["notUndone"]))
            return f"parked, not undone is {missing}: {why(record.order)}"


def why(order: Json) -> str:
    """What an order, as the API shows it, was cancelled for; empty where it was not."""
    reason = order.get("reason", {})
    return words.told(reason.get("reason"), reason.get("cause"))


def exit_code(record: Record) -> int | None:
    """The outcome as an exit code; None while the order is under way."""
    return _EXIT_CODES.get(record.status)


def path(record: Record) -> list[Json]:
    """The visits of states, oldest first."""
    return [_visit(visit) for visit in visits(record)]


def _visit(tries: list[Attempt]) -> Json:
    last = tries[-1]
    return {
        "state": last.state,
        "outcome": last.outcome.value,
        "retries": last.number - 1,
        "started": iso(tries[0].started),
        "ended": iso(last.ended) if last.ended is not None else None,
        "error": last.error,
        "cause": last.cause,
    }


def _execution(execution: Execution) -> Json:
    return {
        "name": execution.name,
        "status": execution.status,
        "started": iso(execution.started),
        "stopped": iso(execution.stopped) if execution.stopped is not None else None,
        "error": execution.error,
        "cause": message(execution.cause),
    }
