"""Finding orders."""

from enum import StrEnum
from typing import Annotated

import typer

from saga.clock import moment, now
from saga.command.asked import Asked

_MOST = 1000
_TIME = "90s, 15m, 2h or 7d ago, or a time such as 2026-01-31T12:00:00Z."


class Status(StrEnum):
    """What to look for; a parked order is PARKED and nothing else."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    CANCELLING = "CANCELLING"
    FAILED = "FAILED"
    PARKED = "PARKED"


def list_(  # noqa: PLR0913 - a parameter for each option
    asked: Asked,
    *,
    status: Annotated[Status | None, typer.Option(help="Status; PARKED is one.", case_sensitive=False)] = None,
    customer: Annotated[str | None, typer.Option(help="Id of the customer.")] = None,
    product: Annotated[str | None, typer.Option(help="Id of a product in the order.")] = None,
    error: Annotated[str | None, typer.Option(help="What it was cancelled for, such as PaymentDeclined.")] = None,
    since: Annotated[str | None, typer.Option(help=f"Placed not before: {_TIME}")] = None,
    until: Annotated[str | None, typer.Option(help=f"Placed not after: {_TIME}")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="At most so many.")] = 50,
) -> None:
    """List orders, newest first. Every filter is answered by an index."""
    from saga.orders import shown  # noqa: PLC0415 - boto3 costs half a second
    from saga.orders.listing import Filter, find  # noqa: PLC0415

    current = now()
    first, last = (None if time is None else moment(time, current) for time in (since, until))
    found = list(find(asked.stack, Filter(status, customer, product, error, first, last, limit)))
    asked.answer(found, shown.listed(found))
