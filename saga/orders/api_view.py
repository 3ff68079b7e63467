"""Rows of the tables in the API's form: money in major units, times in ISO 8601, no payment token.

For operators, reasons also have their causes, and pauses and parked orders their errors. Customers get neither.
"""

from collections.abc import Mapping
from typing import Any

from saga.http import Json
from saga.stack.kinds import ORDER, RETURN, kind_of
from saga.text.money import major
from saga.text.times import iso

type Row = Mapping[str, Any]

_MONEY = ("amount", "charged", "totalAmount", "taken", "refunded", "refundAmount")


def order_view(row: Row) -> Json:
    """Return the order, or the transaction or return, which names its `kind`."""
    kind = kind_of(row)
    view = {
        "orderId": row["orderId"],
        **({} if kind == ORDER else {"kind": kind}),
        "status": row["status"],
        **(_of_return(row) if kind == RETURN else _of_order(row)),
        "createdAt": iso(row["createdAt"]),
        "updatedAt": iso(row["updatedAt"]),
    }
    if "reason" in row:
        view["reason"] = ordered(row["reason"])
    for name, times in (("paused", ("since", "nextAttemptAt")), ("parked", ("at",))):
        if name in row:
            mark = {key: iso(value) if key in times else value for key, value in row[name].items()}
            view[name] = ordered(mark)
    return view


def _of_order(row: Row) -> Json:
    items = [_line(line) for line in row["items"]]
    return {"customerId": row["customerId"], "items": items, "totalAmount": major(row["totalAmount"])}


def _of_return(row: Row) -> Json:
    text = {"text": row["text"]} if "text" in row else {}
    items, refund = ordered(row["items"]), major(row["refundAmount"])
    return {"returnOf": row["returnOf"], "items": items, "refundAmount": refund, **text}


def detail_view(detail: Row, outcome: str = "") -> Json:
    """Return the detail of an event."""
    since = {"since": iso(detail["since"])} if outcome == "resumed" and "since" in detail else {}
    return ordered({name: major(value) if name in _MONEY else value for name, value in detail.items()} | since)


def payment_view(row: Row, intent: Row | None) -> Json:
    """Return the payment, with its intent in the simulated gateway's ledger."""
    view = detail_view({name: row[name] for name in ("intentId", "amount", "status")})
    if intent:
        view["intent"] = detail_view({name: intent[name] for name in ("status", "amount", "taken", "refunded")})
    return view


def ordered(value: Json) -> Json:
    """Return the value with its keys sorted, because DynamoDB returns them in any order."""
    match value:
        case dict():
            return {key: ordered(value[key]) for key in sorted(value)}
        case list():
            return [ordered(each) for each in value]
        case _:
            return value


def _line(line: Row) -> Json:
    return {"productId": line["productId"], "quantity": line["quantity"], "price": major(line["unitPrice"])}
