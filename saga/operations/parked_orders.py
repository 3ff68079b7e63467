"""Parked orders, transactions and returns: a compensation, or a step of a return, failed. They need an operator."""

import json
from dataclasses import dataclass
from typing import Any, Self

from saga.failures import Failure
from saga.operations import queue
from saga.stack import tables
from saga.stack.kinds import KINDS, ORDER, RETURN, kind_of
from saga.stack.stack import Stack
from saga.text.money import Minor, major
from saga.text.times import iso

_PARTITIONS = tuple(f"PARKED#{shard}" for shard in tables.SHARDS)
_QUEUE = "ParkedOrdersQueueUrl"


@dataclass(frozen=True)
class ParkedOrder:
    """A parked order, transaction or return. Times are ms since the epoch.

    `reason` is the error for which it was cancelled, `cause` its message or what the customer wrote; `missing` are the
    events that its compensations have yet to record, or the steps of a return, which has neither reason nor customer;
    `failures` has the error of each that failed by its state; `resumes` counts how often it has been resumed.
    """

    order_id: str
    customer_id: str
    total: Minor
    created: int
    parked: int
    reason: str
    cause: str
    missing: tuple[str, ...]
    failures: dict[str, str]
    resumes: int
    kind: str = ORDER

    @classmethod
    def from_row(cls, row: tables.Item) -> Self:
        """Read the row of an order that is parked."""
        reason, parked = row.get("reason", {}), row["parked"]
        return cls(
            order_id=row["orderId"],
            customer_id=row.get("customerId", ""),
            total=Minor(row["refundAmount"] if "refundAmount" in row else row["totalAmount"]),
            created=row["createdAt"],
            parked=parked["at"],
            reason=reason.get("reason", ""),
            cause=reason.get("text") or reason.get("cause", ""),
            missing=tuple(tables.missing(parked)[1]),
            failures=parked["failures"],
            resumes=row.get("resumes", 0),
            kind=kind_of(row),
        )

    @property
    def json(self) -> dict[str, Any]:
        """The order for programs. A return has a `refundAmount`, and what is `notDone`."""
        is_return = self.kind == RETURN
        amount, missing = ("refundAmount", "notDone") if is_return else ("totalAmount", "notUndone")
        return {
            "orderId": self.order_id,
            **({} if self.kind == ORDER else {"kind": self.kind}),
            **({} if is_return else {"customerId": self.customer_id}),
            amount: major(self.total),
            "createdAt": iso(self.created),
            "parkedAt": iso(self.parked),
            **({} if is_return else {"reason": self.reason, "cause": self.cause}),
            missing: list(self.missing),
            "failures": self.failures,
            "resumes": self.resumes,
        }


def parked(stack: Stack, before: int | None = None) -> list[ParkedOrder]:
    """Return all parked orders, or those parked before this time (ms since the epoch), oldest first."""
    rows = tables.indexed_rows(stack, tables.STATUS, _PARTITIONS)
    orders = [ParkedOrder.from_row(row) for row in rows if tables.is_parked(row) and kind_of(row) in KINDS]
    return sorted((each for each in orders if before is None or each.parked < before), key=lambda each: each.parked)


def one(stack: Stack, order_id: str) -> ParkedOrder:
    """Return one parked order.

    Raises:
        NoSuchOrder: no order has this ID.
        Failure: it is not parked.
    """
    row = tables.order_row(stack, order_id)
    if not tables.is_parked(row):
        raise Failure(f"{kind_of(row)} {order_id} is not parked: it is {row['status']}")
    return ParkedOrder.from_row(row)


def count(stack: Stack) -> int:
    """Return the number of parked orders."""
    return sum(1 for partition in _PARTITIONS for _ in tables.query(stack, tables.STATUS, partition))


def delete_stale_messages(stack: Stack) -> int:
    """Delete the queue's messages whose orders are no longer parked, and return how many there were.

    The queue is only an alert: the orders themselves say whether they are parked.
    """
    stale = [message for message in queue.messages(stack, _QUEUE) if _is_stale(stack, message)]
    for message in stale:
        queue.delete(stack, _QUEUE, message["ReceiptHandle"])
    return len(stale)


def _is_stale(stack: Stack, message: queue.Message) -> bool:
    try:
        order_id = str(json.loads(message["Body"])["detail"]["orderId"])
    except (ValueError, KeyError, TypeError):
        return False  # not one of ours
    return not tables.is_parked(tables.row(stack, "OrdersTable", {"orderId": order_id}) or {})
