"""`saga order show`, `events`, `logs`, `export`, `diff`, `open` and `list`."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Group

from saga.cli.commands.order.order_id import EXAMPLE, OrderId, complete
from saga.cli.context import Context
from saga.cli.files import read_record, write
from saga.cli.output import open_page
from saga.cli.register import add
from saga.cli.render.order import (
    attempt_table,
    comparison_tables,
    event_table,
    log_table,
    order_facts,
    order_table,
    return_table,
)
from saga.cli.time_options import TIME, time_of
from saga.console.background import BackgroundConsole
from saga.engine.project import ENGINE_HOME
from saga.failures import Failure
from saga.http import Json
from saga.orders.comparison import compare
from saga.orders.effects import Effect, effects
from saga.orders.links import links
from saga.orders.listing import Filter, find
from saga.orders.logs import read_logs
from saga.orders.model import Event
from saga.orders.reader import read
from saga.orders.record import Record, to_json
from saga.orders.view import view
from saga.text.money import major
from saga.text.times import iso

app = typer.Typer()

OrderOrFile = Annotated[
    str, typer.Argument(help="ID of an order, or a file written by export.", autocompletion=complete)
]
_OTHER = "66666666-7777-5888-8999-000000000000"
# What to filter by: PARKED orders are in no other list; PAUSED ones are PENDING or CANCELLING too.
Kind = Literal["order", "transaction", "return"]
Status = Literal["PENDING", "CONFIRMED", "CANCELLING", "FAILED", "PARKED", "PAUSED"]


@add(app, f"order show {EXAMPLE}", f"order show {EXAMPLE} --json")
def show(context: Context, order_id: OrderId) -> None:
    """Show an order, a transaction or a return: its outcome, path, payment and executions, and an order's returns."""
    record = read(context.stack, order_id)
    returns = ["", return_table(record.returns)] if record.returns else []
    context.answer(view(record), Group(order_facts(record), "", attempt_table(record), *returns))


@add(app, f"order events {EXAMPLE}", f"order events {EXAMPLE} -o jsonl")
def events(context: Context, order_id: OrderId) -> None:
    """List the events of an order, oldest first, with their effect on money and stock."""
    record = read(context.stack, order_id)
    pairs = zip(record.events, effects(record), strict=True)
    context.answer([_event(event, effect) for event, effect in pairs], event_table(record))


@add(app, f"order logs {EXAMPLE}")
def logs(context: Context, order_id: OrderId) -> None:
    """List what the functions logged about an order, oldest first."""
    lines = read_logs(context.stack, order_id)
    context.answer([{**vars(line), "at": iso(line.at)} for line in lines], log_table(lines))


@add(app, f"order export {EXAMPLE} --out order.json")
def export(
    context: Context,
    order_id: OrderId,
    out: Annotated[Path | None, typer.Option(help="File to write.", show_default="stdout")] = None,
) -> None:
    """Export everything on record about an order as one JSON document. Show it with `saga console --file`."""
    text = to_json(read(context.stack, order_id))
    if out is None:
        typer.echo(text, nl=False)
    else:
        write(out, text.encode())
        context.answer({"out": str(out)}, f"Wrote {out}")


@add(app, f"order diff {EXAMPLE} {_OTHER}", "order diff before.json after.json --json")
def diff(context: Context, a: OrderOrFile, b: OrderOrFile) -> None:
    """Compare two orders: path, retries, durations, errors, and the definitions that they ran with."""
    difference = compare(_record(context, a), _record(context, b))
    context.answer(difference, comparison_tables(difference))


@add(app, f"order open {EXAMPLE}", name="open")
def open_(context: Context, order_id: OrderId) -> None:
    """Open an order in the web console or, for a stack on AWS, in the AWS console."""
    record = read(context.stack, order_id)
    url = _console_page(context, order_id) if context.stack.on_engine else links(record).get("execution")
    if url is None:
        raise Failure(f"AWS keeps no execution of order {order_id}. See it with: saga console")
    context.answer({"url": url}, url)
    open_page(url)


@add(
    app,
    "order list --status FAILED --since 2h",
    "order list --error PaymentDeclined --product PROD-002 --json",
    "order list --kind return --status PARKED",
    name="list",
)
def list_(
    context: Context,
    *,
    kind: Annotated[
        Kind | None, typer.Option(help="Only orders, transactions or returns.", case_sensitive=False)
    ] = None,
    status: Annotated[Status | None, typer.Option(help="Status of the order, or PAUSED.", case_sensitive=False)] = None,
    customer: Annotated[str | None, typer.Option(help="ID of the customer.")] = None,
    product: Annotated[str | None, typer.Option(help="ID of a product in the order. Finds no returns.")] = None,
    error: Annotated[str | None, typer.Option(help="Reason of the cancellation, such as PaymentDeclined.")] = None,
    since: Annotated[str | None, typer.Option(help=f"Placed at or after: {TIME}")] = None,
    until: Annotated[str | None, typer.Option(help=f"Placed at or before: {TIME}")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Maximum number of orders.")] = 50,
) -> None:
    """List orders, transactions and returns, newest first. An index answers every filter but the kind."""
    wanted = Filter(status, customer, product, error, time_of(since), time_of(until), limit, kind)
    found = list(find(context.stack, wanted))
    context.answer(found, order_table(found))


def _record(context: Context, order: str) -> Record:
    return read_record(Path(order)) if order.endswith(".json") else read(context.stack, order)


def _event(event: Event, effect: Effect) -> Json:
    changes = {"words": effect.text, "money": major(effect.money), "stock": effect.stock, "states": [*effect.states]}
    return {
        "at": iso(event.at),
        "type": event.type,
        **changes,
        "startsSaga": event.starts_saga,
        "detail": event.detail,
    }


def _console_page(context: Context, order_id: str) -> str:
    """Return the order's URL in the stack's background console."""
    console = BackgroundConsole(ENGINE_HOME, context.target.flags).url()
    if console is None:
        flags = "".join(f" {flag}" for flag in context.target.flags)
        raise Failure(f"no console is running for this stack. Start one: saga console{flags}")
    return f"{console}/orders/{order_id}"
