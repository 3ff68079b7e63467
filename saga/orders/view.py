"""An order at a glance."""

from saga.failures import EXIT_CONFIRMED, EXIT_FAILED, EXIT_PARKED
from saga.http import Json
from saga.orders.attempts import Attempt, message, visits
from saga.orders.effects import to_undo
from saga.orders.links import links
from saga.orders.model import Execution
from saga.orders.pause import waiting
from saga.orders.record import Record
from saga.orders.states import source
from saga.stack.kinds import RETURN
from saga.stack.tables import missing
from saga.text.safe import clean, error_text, reason_text
from saga.text.times import iso, optional_iso

_EXIT_CODES = {"CONFIRMED": EXIT_CONFIRMED, "FAILED": EXIT_FAILED, "PARKED": EXIT_PARKED}


def view(record: Record) -> Json:
    """Return the order as the API shows it, and more.

    `outcome` is in words; `exitCode` is that of `saga order watch`, null while the order is in progress; `path` has
    the visited states in order, each with its outcome, retries and last error.
    """
    return {
        **record.order,
        "outcome": outcome(record),
        "exitCode": exit_code(record),
        "source": source(record),
        "path": [_visit(visit) for visit in visits(record)],
        "payment": record.payment,
        "executions": [_execution(each) for each in record.executions],
        "stack": record.stack,
        "versions": record.versions,
        "links": links(record),
        **({"returns": list(record.returns)} if record.returns else {}),
    }


def outcome(record: Record) -> str:
    """Return what became of the order, or what it waits for, and why, in words."""
    reason = why(record.order)
    paused = f"paused, {waiting(record.order['paused'])}" if "paused" in record.order else ""
    texts = {
        "PENDING": paused or "in progress",
        "CONFIRMED": "confirmed",
        "CANCELLING": f"being undone: {reason}{paused and f'; {paused}'}",
        "FAILED": f"everything is undone: {reason}",
    }
    return texts.get(record.status) or f"{_stuck(record)}{reason and f'. Cancelled because: {reason}'}"


def _stuck(record: Record) -> str:
    parked = record.order["parked"]
    words, events = missing(parked)
    steps = list(filter(None, to_undo(record).values())) or [f"undo {clean(each)}" for each in events]
    errors = ", ".join(error_text(*failure) for failure in parked["failures"].items())
    text = f"{words}: {', '.join(events)}" if record.kind == RETURN else f"could not {', '.join(steps)}"
    return f"{text}{f' ({errors})' if errors else ''}"


def why(order: Json) -> str:
    """Return why an order was cancelled; empty if it wasn't."""
    return reason_text(order.get("reason", {}))


def exit_code(record: Record) -> int | None:
    """Return the outcome as an exit code; None while the order is in progress."""
    return _EXIT_CODES.get(record.status)


def _visit(visit: list[Attempt]) -> Json:
    last = visit[-1]
    return {
        "state": last.state,
        "outcome": last.outcome.value,
        "retries": last.number - 1,
        "started": iso(visit[0].started),
        "ended": optional_iso(last.ended),
        "error": last.error,
        "cause": last.cause,
    }


def _execution(execution: Execution) -> Json:
    return {
        "name": execution.name,
        "status": execution.result,
        "started": iso(execution.started),
        "stopped": optional_iso(execution.stopped),
        "error": execution.error,
        "cause": message(execution.cause),
    }
