"""`saga order watch`."""

import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from rich.live import Live

from saga.cli.commands.order.order_id import EXAMPLE, OrderId
from saga.cli.context import Context
from saga.cli.output import Output, console
from saga.cli.register import add
from saga.cli.render.order import attempt_line, live_view, progress
from saga.http import Json
from saga.orders.attempts import Attempt
from saga.orders.record import Record
from saga.orders.view import exit_code, outcome
from saga.orders.watch import changes, follow
from saga.text.times import iso, optional_iso

app = typer.Typer()

Timeout = Annotated[float | None, typer.Option(min=0, help="Seconds to wait for its end; exit code 6 after that.")]


@add(app, f"order watch {EXAMPLE}", f"order watch {EXAMPLE} --timeout 60 -o jsonl")
def watch(context: Context, order_id: OrderId, timeout: Timeout = None) -> int | None:
    """Show the states of an order as they run, until it ends. The exit code is the outcome.

    0 CONFIRMED, 1 FAILED, 5 parked, 6 timed out. An order that is paused has not ended.
    Without a terminal, and as JSON, each change is a line.
    """
    records = follow(context.stack, order_id, timeout)
    show = _show_live if context.output is Output.TABLE and sys.stdout.isatty() else _print_changes
    return exit_code(show(context, records))


def _show_live(_: Context, records: Iterator[Record]) -> Record:
    last = next(records)
    with Live(live_view(last), console=console()) as live:
        for last in records:
            live.update(live_view(last))
    return last


def _print_changes(context: Context, records: Iterator[Record]) -> Record:
    for last, attempts, status in changes(records):
        for attempt in attempts:
            context.answer_next(_attempt(last, attempt), attempt_line(attempt))
        if status:
            link = ", and" if status == "FAILED" else ":"
            context.answer_next(_order(last), f"{last.order_id} is {status}{link} {progress(last)}")
    return last


def _attempt(record: Record, attempt: Attempt) -> Json:
    times = {"started": iso(attempt.started), "ended": optional_iso(attempt.ended)}
    result = {"outcome": attempt.outcome.value, **times, "error": attempt.error, "cause": attempt.cause}
    place = {"execution": attempt.execution, "state": attempt.state, "number": attempt.number}
    return {"type": "attempt", "orderId": record.order_id, **place, **result}


def _order(record: Record) -> Json:
    result = {"status": record.status, "outcome": outcome(record), "exitCode": exit_code(record)}
    paused = {name: record.order[name] for name in ("paused",) if name in record.order}
    return {"type": "order", "orderId": record.order_id, **result, **paused}
