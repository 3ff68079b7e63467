"""Parked orders: something of them could not be undone, so each waits for a person."""

import json
from dataclasses import dataclass
from typing import Any

from saga import rows
from saga.clock import iso
from saga.failure import Failure, NoSuchOrder
from saga.money import major
from saga.operations import queue
from saga.stack import Stack

_PARTITIONS = tuple(f"PARKED#{shard}" for shard in rows.SHARDS)


@dataclass(frozen=True)
class ParkedOrder:
    """Times in milliseconds since the epoch, `total` in minor units.

    `reason` is why it was cancelled (an error's name) and `cause` the same in words; `failures` has the error of each
    compensation that gave up, by the state's name; `resumes` counts how often it was taken up again before.
    """

    order_id: str
    customer_id: str
    total: int
    created: int
    parked: int
    reason: str
    cause: str
    not_undone: tuple[str, ...]
    failures: dict[str, str]
    resumes: int

    @property
    def json(self) -> dict[str, Any]:
        """For programs: flat, but for `notUndone` and `failures`."""
        return {
            "orderId": self.order_id,
            "customerId": self.customer_id,
            "totalAmount": major(self.total),
            "createdAt": iso(self.created),
            "parkedAt": iso(self.parked),
            "reason": self.reason,
            "cause": self.cause,
            "notUndone": list(self.not_undone),
            "failures": self.failures,
            "resumes": self.resumes,
        }


def parked(stack: Stack, before: int | None = None) -> list[ParkedOrder]:
    """All parked orders, parked longest first; with `before`, those parked before this time (ms since the epoch)."""
    keys = [{"orderId": key["orderId"]} for key in rows.indexed(stack, rows.STATUS, _PARTITIONS)]
    found = [_of_row(row) for row in rows.rows(stack, "OrdersTable", keys) if "parked" in row]
    return sorted((each for each in found if before is None or each.parked < before), key=lambda each: each.parked)


def one(stack: Stack, order_id: str) -> ParkedOrder:
    """One parked order. Raises NoSuchOrder, and Failure when the order is not parked."""
    row = _order(stack, order_id)
    if "parked" not in row:
        raise Failure(f"order {order_id} is not parked: it is {row['status']}")
    return _of_row(row)


def count(stack: Stack) -> int:
    """How many orders are parked."""
    return rows.counted(stack, rows.STATUS, _PARTITIONS)


def make_well(stack: Stack, order_id: str) -> str:
    """Ends the simulated gateway's outage for this order's refund, and gives the intent's id.

    Raises NoSuchOrder, and Failure when the gateway knows of no payment of the order.
    """
    _order(stack, order_id)
    payment = rows.row(stack, "PaymentsTable", {"orderId": order_id})
    if payment is None:
        raise Failure(f"no payment of {order_id} is on record")
    rows.client(stack.session).update_item(
        TableName=stack.outputs["GatewayLedgerTable"],
        Key=rows.wire({"id": payment["intentId"]}),
        UpdateExpression="SET well = :yes",
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeValues=rows.wire({":yes": True}),
    )
    return str(payment["intentId"])


def tidy(stack: Stack) -> int:
    """Deletes the messages of the queue whose orders are not parked any more, and says how many they were.

    The queue only calls people: what is parked is known by the orders themselves.
    """
    found = queue.messages(stack, "ParkedOrdersQueueUrl")
    stale = [message for message in found if (order_id := _order_of(message)) and not _is_parked(stack, order_id)]
    for message in stale:
        queue.delete(stack, "ParkedOrdersQueueUrl", message["ReceiptHandle"])
    return len(stale)


def _order_of(message: queue.Message) -> str | None:
    """None for what is none of ours."""
    try:
        return str(json.loads(message["Body"])["detail"]["orderId"])
    except (ValueError, KeyError, TypeError):
        return None


def _is_parked(stack: Stack, order_id: str) -> bool:
    return "parked" in (rows.row(stack, "OrdersTable", {"orderId": order_id}) or {})


def _order(stack: Stack, order_id: str) -> rows.Item:
    row = rows.row(stack, "OrdersTable", {"orderId": order_id})
    if row is None:
        raise NoSuchOrder(f"there is no order {order_id}")
    return row


def _of_row(row: rows.Item) -> ParkedOrder:
    why, mark = row["reason"], row["parked"]
    return ParkedOrder(
        order_id=row["orderId"],
        customer_id=row["customerId"],
        total=row["totalAmount"],
        created=row["createdAt"],
        parked=mark["at"],
        reason=why["reason"],
        cause=why["cause"],
        not_undone=tuple(mark["notUndone"]),
        failures=mark["failures"],
        resumes=row.get("resumes", 0),
    )
