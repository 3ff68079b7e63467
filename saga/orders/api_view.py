"""Rows of the tables as the API shows them: money in major units, times in ISO 8601, no payment token."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from saga.clock import iso
from saga.money import major

type Json = Any
type Row = Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 250_000_000_000_000  # milliseconds: any later, and local time may leave what a datetime can hold
_MONEY = ("amount", "totalAmount", "taken", "refunded")


def order_view(row: Row) -> Json:
    """The order; with `reason` when it is cancelled, with `parked` while it is parked."""
    view = {
        "orderId": row["orderId"],
        "status": row["status"],
        "customerId": row["customerId"],
        "items": [_line(line) for line in row["items"]],
        "totalAmount": major(row["totalAmount"]),
        "createdAt": iso(row["createdAt"]),
        "updatedAt": iso(row["updatedAt"]),
    }
    if "reason" in row:
        view["reason"] = ordered(row["reason"])
    if "parked" in row:
        view["parked"] = ordered({**row["parked"], "at": iso(row["parked"]["at"])})
    return view


def detail_view(detail: Row) -> Json:
    """What an event tells."""
    return ordered({name: major(value) if name in _MONEY else value for name, value in detail.items()})


def payment_view(row: Row, intent: Row | None) -> Json:
    """The payment, and what the simulated gateway's ledger says of its intent."""
    view = detail_view({name: row[name] for name in ("intentId", "amount", "status")})
    if intent:
        view["intent"] = detail_view({name: intent[name] for name in ("status", "amount", "taken", "refunded")})
    return view


def ordered(value: Json) -> Json:
    """The same, its keys in a fixed order: DynamoDB promises none."""
    match value:
        case dict():
            return {key: ordered(value[key]) for key in sorted(value)}
        case list():
            return [ordered(each) for each in value]
        case _:
            return value


def minor(amount: float) -> int:
    """129999 for 1299.99."""
    return int((Decimal(str(amount)) * 100).to_integral_value())


def milliseconds(moment: datetime | str) -> int:
    """Milliseconds since the epoch. Raises ValueError for what is no time, or none with a zone since 1970."""
    time = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if time.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    at = (time - _EPOCH) // timedelta(milliseconds=1)
    if not 0 <= at < _LAST:
        raise ValueError(f"{moment} is out of range")
    return at


def _line(line: Row) -> Json:
    return {"productId": line["productId"], "quantity": line["quantity"], "price": major(line["unitPrice"])}
