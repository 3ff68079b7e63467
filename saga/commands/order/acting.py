"""Placing, cancelling and resuming orders."""

import re
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from saga.command.answer import Output
from saga.command.asked import Asked
from saga.commands.bulk import DryRun
from saga.commands.order.order_ids import OrderId
from saga.commands.order.watching import Timeout, watch
from saga.failure import Failure, UsageFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from saga.command.answer import Json
    from saga.orders.record import Record

Reason = Annotated[str, typer.Option(help="Why; it becomes part of the order's history.")]


def place(  # noqa: PLR0913 - a parameter for each option
    asked: Asked,
    *,
    customer: Annotated[str, typer.Option(help="Id of the customer.")] = "customer-1",
    item: Annotated[list[str], typer.Option(help="Product and quantity, such as laptop:1; may be repeated.")],
    token: Annotated[str, typer.Option(help="Payment token, such as pm_declined.")] = "pm_ok",  # noqa: S107
    key: Annotated[str | None, typer.Option(help="Idempotency key; without it, a new one.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Watch it to its end; the exit code is the outcome.")] = False,
    timeout: Timeout = None,
) -> int | None:
    """Place an order at the catalogue's prices."""
    from saga.orders import acting  # noqa: PLC0415 - boto3 costs half a second

    lines = acting.priced(asked.stack, _quantities(item))
    if key is None:
        key = str(uuid.uuid4())
        typer.echo(f"idempotency key: {key}", err=True)
    placed = acting.place(asked.stack, {"customerId": customer, "items": lines, "paymentToken": token}, key)
    if wait:
        return _see_through(asked, placed["orderId"], timeout)
    asked.answer(placed, placed["orderId"])
    return None


def cancel(asked: Asked, order_id: OrderId, *, reason: Reason, dry_run: DryRun = False) -> int | None:
    """Cancel an order that is not confirmed yet: what was done is undone."""
    from saga.orders import acting  # noqa: PLC0415

    if dry_run:
        return _would(asked, order_id, acting.would_cancel)
    answer = acting.cancel(asked.stack, order_id, reason)
    asked.answer(answer, f"{order_id} is {answer['status']}")
    return None


def resume(asked: Asked, order_id: OrderId, *, reason: Reason, dry_run: DryRun = False) -> int | None:
    """Start the compensations of a parked order again, as a new execution: what is undone already stays undone."""
    from saga.operations import parked  # noqa: PLC0415
    from saga.orders import acting  # noqa: PLC0415

    if dry_run:
        return _would(asked, order_id, acting.would_resume)
    event = acting.resume(asked.stack, order_id, reason)
    parked.tidy(asked.stack)
    asked.answer({"orderId": order_id, "event": event}, f"{order_id}: {event}; see it run: saga order watch {order_id}")
    return None


def _see_through(asked: Asked, order_id: str, timeout: float | None) -> int | None:
    """Watches it; as one JSON document, the answer is what it has come to."""
    typer.echo(f"order {order_id} is placed", err=True)
    if asked.output is not Output.JSON:
        return watch(asked, order_id, timeout)
    from saga.orders.view import exit_code, view  # noqa: PLC0415
    from saga.orders.watching import watch as follow  # noqa: PLC0415

    *_, last = follow(asked.stack, order_id, timeout)
    asked.answer(view(last), "")
    return exit_code(last)


def _would(asked: Asked, order_id: str, told: "Callable[[Record], Json]") -> int:
    from saga.orders import shown  # noqa: PLC0415
    from saga.orders.reading import read  # noqa: PLC0415

    answer = told(read(asked.stack, order_id))
    asked.answer({"orderId": order_id, **answer}, shown.would(answer))
    return 0 if answer["possible"] else Failure.exit_code


def _quantities(items: "Sequence[str]") -> dict[str, int]:
    """The quantity of each product. Raises UsageFailure for what is no item."""
    found = Counter[str]()
    for item in items:
        read = re.fullmatch(r"(.+):([1-9]\d{0,3})", item)
        if read is None:
            raise UsageFailure(f"{item} is no item: give a product and a quantity, such as laptop:1")
        found[read[1]] += int(read[2])
    return dict(found)
