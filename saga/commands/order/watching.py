"""Watching an order while it runs."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from saga.clock import iso
from saga.command.answer import Json, Output, console
from saga.command.asked import Asked
from saga.commands.order.order_ids import OrderId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from saga.orders.attempts import Attempt
    from saga.orders.record import Record

Timeout = Annotated[float | None, typer.Option(min=0, help="Seconds to wait for its end; else exit code 6.")]


def watch(asked: Asked, order_id: OrderId, timeout: Timeout = None) -> int | None:
    """Show the states of an order as they run, until it is over. The exit code is the outcome.

    0 CONFIRMED, 1 FAILED, 5 parked, 6 not over in time. Without a terminal, and as JSON, a line for each change.
    """
    from saga.orders import watching  # noqa: PLC0415 - boto3 costs half a second
    from saga.orders.view import exit_code  # noqa: PLC0415

    records = watching.watch(asked.stack, order_id, timeout)
    show = _show_live if asked.output is Output.TABLE and sys.stdout.isatty() else _tell
    return exit_code(show(asked, records))


def _show_live(_: Asked, records: "Iterator[Record]") -> "Record":
    from rich.live import Live  # noqa: PLC0415 - keeps the command's help fast

    from saga.orders import shown  # noqa: PLC0415

    last = next(records)
    with Live(get_renderable=lambda: shown.watched(last), console=console()):
        for last in records:  # noqa: B007 - the last is what is shown
            pass
    return last


def _tell(asked: Asked, records: "Iterator[Record]") -> "Record":
    from saga.orders import shown  # noqa: PLC0415
    from saga.orders.view import outcome  # noqa: PLC0415
    from saga.orders.watching import changes  # noqa: PLC0415

    for last, attempts, status in changes(records):
        for attempt in attempts:
            asked.answer_next(_attempt(last, attempt), shown.change(attempt))
        if status:
            asked.answer_next(_order(last), f"{last.order_id} is {status}: {outcome(last)}")
    return last


def _attempt(record: "Record", attempt: "Attempt") -> Json:
    return {
        "type": "attempt",
        "orderId": record.order_id,
        "execution": attempt.execution,
        "state": attempt.state,
        "number": attempt.number,
        "outcome": attempt.outcome.value,
        "started": iso(attempt.started),
        "ended": None if attempt.ended is None else iso(attempt.ended),
        "error": attempt.error,
        "cause": attempt.cause,
    }


def _order(record: "Record") -> Json:
    from saga.orders.view import exit_code, outcome  # noqa: PLC0415

    return {
        "type": "order",
        "orderId": record.order_id,
        "status": record.status,
        "outcome": outcome(record),
        "exitCode": exit_code(record),
    }
