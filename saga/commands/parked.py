"""Parked orders: what of them is not undone, and taking them up again."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from saga.clock import local, moment, now
from saga.command.adding import add
from saga.command.asked import Asked
from saga.commands.bulk import Bulk, DryRun, OlderThan, Rate, Yes, carry_out
from saga.commands.tables import facts, table
from saga.failure import UsageFailure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from saga.operations.parked import ParkedOrder
    from saga.stack import Stack

app = typer.Typer(no_args_is_help=True, help="Orders of which something could not be undone: they wait for a person.")

OrderId = Annotated[str, typer.Argument(help="Id of the order.")]


@add(app, "parked list", "parked list --older-than 1h --json", name="list")
def list_(asked: Asked, older_than: OlderThan = None) -> None:
    """List parked orders, parked longest first."""
    found = _parked(asked.stack, older_than)
    asked.answer([order.json for order in found], _table(found))


@add(app, "parked show 28ace766-6b22-580f-8cb3-791fa2fce880")
def show(asked: Asked, order_id: OrderId) -> None:
    """Show one parked order: why it was cancelled, what is not undone, and what failed."""
    from saga.operations import parked  # noqa: PLC0415 - boto3 costs half a second

    order = parked.one(asked.stack, order_id)
    asked.answer(order.json, _facts(order))


@add(
    app,
    'parked resume 28ace766-6b22-580f-8cb3-791fa2fce880 --reason "refunded by hand"',
    'parked resume --all --older-than 1h --reason "the gateway works again" --dry-run',
)
def resume(  # noqa: PLR0913 - a parameter for each option
    asked: Asked,
    order_ids: Annotated[list[str] | None, typer.Argument(help="Ids of orders.")] = None,
    *,
    reason: Annotated[str, typer.Option(help="Why; it becomes part of the orders' history.")],
    everything: Annotated[bool, typer.Option("--all", help="All parked orders.")] = False,
    older_than: OlderThan = None,
    rate: Rate = 5,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> int:
    """Start the compensations of parked orders again. Orders named by their ids are not asked about."""
    from saga.operations import parked  # noqa: PLC0415
    from saga.orders.acting import resume as resume_one  # noqa: PLC0415

    if bool(order_ids) == everything:
        raise UsageFailure("which orders? Give ids or --all")
    stack = asked.stack
    found = [parked.one(stack, each) for each in order_ids] if order_ids else _parked(stack, older_than)
    bulk = Bulk(
        verb="resume",
        noun="parked orders",
        subjects=found,
        name=lambda order: order.order_id,
        shown=_table(found),
        act=lambda order: {"event": resume_one(stack, order.order_id, reason)},
        rate=rate,
    )
    code = carry_out(asked, bulk, yes=yes or bool(order_ids), dry_run=dry_run)
    if not dry_run:
        typer.echo(f"{parked.tidy(stack)} messages deleted of orders that are not parked any more", err=True)
    return code


@add(app, "parked make-well 28ace766-6b22-580f-8cb3-791fa2fce880", name="make-well")
def make_well(asked: Asked, order_id: OrderId) -> None:
    """End the simulated gateway's outage for the refund of an order, as if the real one worked again."""
    from saga.operations import parked  # noqa: PLC0415

    intent = parked.make_well(asked.stack, order_id)
    asked.answer({"orderId": order_id, "intentId": intent}, f"the gateway can refund {intent} now")


def _parked(stack: "Stack", older_than: str | None) -> "list[ParkedOrder]":
    from saga.operations import parked  # noqa: PLC0415

    return parked.parked(stack, None if older_than is None else moment(older_than, now()))


def _table(orders: "Sequence[ParkedOrder]") -> "RenderableType":
    current = now()
    rows = [
        (each.order_id, local(each.parked, current), each.reason, ", ".join(each.not_undone), each.resumes)
        for each in orders
    ]
    return table(("order", "parked", "cancelled for", "not undone", "resumed"), rows, "no order is parked")


def _facts(order: "ParkedOrder") -> "RenderableType":
    current = now()
    told: list[tuple[str, Any]] = [
        ("order", order.order_id),
        ("customer", order.customer_id),
        ("total", f"{order.total / 100:.2f}"),
        ("placed", local(order.created, current)),
        ("parked", local(order.parked, current)),
        ("cancelled for", f"{order.reason}: {order.cause}" if order.cause else order.reason),
        ("not undone", ", ".join(order.not_undone)),
        *((f"{step} failed", error) for step, error in order.failures.items()),
        ("resumed", order.resumes),
    ]
    return facts(told)
