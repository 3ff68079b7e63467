"""`saga order place`, `cancel` and `resume`."""

import re
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from saga.cli.bulk import DryRun
from saga.cli.commands.order.order_id import EXAMPLE, OrderId
from saga.cli.commands.order.watch import Timeout, watch
from saga.cli.context import Context
from saga.cli.output import Output
from saga.cli.register import add
from saga.cli.render.order import progress
from saga.failures import Failure, UsageFailure
from saga.http import Json
from saga.operations import parked_orders
from saga.orders import actions
from saga.orders.reader import read
from saga.orders.record import Record
from saga.orders.view import exit_code, view
from saga.orders.watch import changes, follow
from saga.stack.tables import is_paused

app = typer.Typer()

_CANCEL = f'order cancel {EXAMPLE} --reason "ordered twice"'
_RESUME = f"order resume {EXAMPLE} --reason"
Reason = Annotated[str, typer.Option(help="Reason, kept in the history of the order.")]


@add(app, "order place --item laptop:1 --item monitor:2 --token pm_declined --wait")
def place(
    context: Context,
    *,
    customer: Annotated[str, typer.Option(help="ID of the customer.")] = "customer-1",
    item: Annotated[list[str], typer.Option(help="Product and quantity, such as laptop:1. Repeatable.")],
    payment: Annotated[str, typer.Option("--token", help="Payment token, such as pm_declined.")] = "pm_ok",
    key: Annotated[str | None, typer.Option(help="Idempotency key.", show_default="a new one")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Watch the order until it ends; exit with its outcome.")] = False,
    timeout: Timeout = None,
) -> int | None:
    """Place an order at the catalogue's prices."""
    lines = actions.priced(context.stack, _quantities(item))
    if key is None:
        key = str(uuid.uuid4())
        typer.echo(f"idempotency key: {key}", err=True)
    placed = actions.place(context.stack, {"customerId": customer, "items": lines, "paymentToken": payment}, key)
    if wait:
        return _wait(context, placed["orderId"], timeout)
    context.answer(placed, placed["orderId"])
    return None


@add(app, _CANCEL, f"{_CANCEL} --dry-run")
def cancel(context: Context, order_id: OrderId, *, reason: Reason, dry_run: DryRun = False) -> int | None:
    """Cancel an order or a transaction that isn't confirmed yet, and undo its steps."""
    if dry_run:
        return _preview(context, order_id, actions.preview_cancel)
    answer = actions.cancel(context.stack, order_id, reason)
    context.answer(answer, f"{order_id} is {answer['status']}")
    return None


@add(app, f'{_RESUME} "the gateway works again"', f'{_RESUME} "…" --dry-run')
def resume(context: Context, order_id: OrderId, *, reason: Reason, dry_run: DryRun = False) -> int | None:
    """Try a paused order again now, or undo a parked one again. Steps already done are skipped."""
    if dry_run:
        return _preview(context, order_id, actions.preview_resume)
    event = actions.resume(context.stack, order_id, reason)
    parked_orders.delete_stale_messages(context.stack)
    context.answer({"orderId": order_id, "event": event}, f"{order_id}: {event}. Watch it: saga order watch {order_id}")
    return None


def _wait(context: Context, order_id: str, timeout: float | None) -> int | None:
    """Watch the order to its end. With --json, print only the order at its end."""
    typer.echo(f"placed order {order_id}", err=True)
    if context.output is not Output.JSON:
        return watch(context, order_id, timeout)
    for last, _, status in changes(follow(context.stack, order_id, timeout)):
        if status and is_paused(last.order):
            typer.echo(f"{order_id} is {status}: {progress(last)}", err=True)
    context.answer(view(last), "")
    return exit_code(last)


def _preview(context: Context, order_id: str, preview: Callable[[Record], Json]) -> int:
    answer = preview(read(context.stack, order_id))
    text = "\n".join([answer["words"], *(f"  {step}" for step in answer["steps"])])
    context.answer({"orderId": order_id, **answer}, text)
    return 0 if answer["possible"] else Failure.exit_code


def _quantities(items: Sequence[str]) -> dict[str, int]:
    """Return the quantity of each product."""
    quantities = Counter[str]()
    for item in items:
        parts = re.fullmatch(r"(.+):([1-9]\d{0,3})", item)
        if parts is None:
            raise UsageFailure(f"Invalid item {item!r}: expected PRODUCT:QUANTITY, such as laptop:1")
        quantities[parts[1]] += int(parts[2])
    return dict(quantities)
