"""`saga parked`."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Annotated

import typer
from rich.console import RenderableType

from saga.cli.bulk import Bulk, DryRun, Rate, Yes, carry_out
from saga.cli.commands.gateway import restore
from saga.cli.commands.order.order_id import EXAMPLE, OrderId
from saga.cli.context import Context
from saga.cli.register import add
from saga.cli.render.columns import facts, table, when
from saga.cli.time_options import OlderThan, time_of
from saga.failures import UsageFailure
from saga.http import Json
from saga.operations import parked_orders
from saga.operations.parked_orders import ParkedOrder, parked
from saga.orders import actions
from saga.stack.kinds import RETURN
from saga.text.money import amount
from saga.text.safe import counted, error_text

_HELP = "Orders and transactions whose compensation failed, and returns that failed. They need an operator."
app = typer.Typer(name="parked", no_args_is_help=True, help=_HELP)


@add(app, "parked list", "parked list --older-than 1h --json", name="list")
def list_(context: Context, older_than: OlderThan = None) -> None:
    """List parked orders, transactions and returns, oldest first."""
    found = parked(context.stack, time_of(older_than))
    context.answer([order.json for order in found], _table(found))


@add(app, f"parked show {EXAMPLE}")
def show(context: Context, order_id: OrderId) -> None:
    """Show why a parked order was cancelled, what failed, and with which errors."""
    order = parked_orders.one(context.stack, order_id)
    context.answer(order.json, facts(_rows(order)))


@add(
    app,
    f'parked resume {EXAMPLE} --reason "refunded by hand"',
    'parked resume --all --older-than 1h --reason "the gateway works again" --dry-run',
)
def resume(
    context: Context,
    order_ids: Annotated[list[str] | None, typer.Argument(help="IDs of parked orders.")] = None,
    *,
    reason: Annotated[str, typer.Option(help="Reason, kept in the history of each order.")],
    everything: Annotated[bool, typer.Option("--all", help="Resume all parked orders.")] = False,
    older_than: OlderThan = None,
    rate: Rate = 5,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Run compensations again, or a return's steps. Asks for confirmation, unless you name the orders."""
    if bool(order_ids) == everything:
        raise UsageFailure("which orders? Pass their IDs, or --all")
    stack = context.stack

    def act(order: ParkedOrder) -> dict[str, Json]:
        return {"event": actions.resume(stack, order.order_id, reason)}

    named = [parked_orders.one(stack, each) for each in order_ids or ()]
    found = named or parked(stack, time_of(older_than))
    bulk = Bulk("resume", "parked order", found, attrgetter("order_id"), _table(found), act, rate)
    code = carry_out(context, bulk, yes=yes or bool(order_ids), dry_run=dry_run)
    if not dry_run:
        deleted = parked_orders.delete_stale_messages(stack)
        typer.echo(f"Deleted {counted(deleted, 'queue message')} of orders that are no longer parked.", err=True)
    return code


@add(app, name="make-well")
def make_well(context: Context, order_id: OrderId) -> None:
    """Run `saga gateway restore`, which replaces this deprecated command."""
    restore(context, order_id)
    typer.echo("saga: `parked make-well` is deprecated: use `gateway restore`", err=True)


def _table(orders: Sequence[ParkedOrder]) -> RenderableType:
    rows = [
        (each.order_id, each.kind, when(each.parked), each.reason, ", ".join(each.missing), each.resumes)
        for each in orders
    ]
    return table(("order", "kind", "parked", "cancelled for", "missing", "resumed"), rows, "No order is parked.")


def _rows(order: ParkedOrder) -> Iterator[tuple[str, object]]:
    is_return = order.kind == RETURN
    yield order.kind, order.order_id
    yield from () if is_return else [("customer", order.customer_id)]
    yield "refund" if is_return else "total", amount(order.total)
    yield "placed", when(order.created)
    yield "parked", when(order.parked)
    yield from () if is_return else [("cancelled for", error_text(order.reason, order.cause))]
    yield "not done" if is_return else "not undone", ", ".join(order.missing)
    yield from ((f"{step} failed", error) for step, error in order.failures.items())
    yield "resumed", order.resumes
