"""Read the stack's tables by key or by index. Numbers become integers; one with a fraction, which is wrong, stays."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import batched
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from saga.failures import NoSuchOrder
from saga.http import Json
from saga.stack.kinds import KINDS, kind_of
from saga.stack.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]
type Bound = int | str | None

SHARDS = tuple(f"u#{number}" for number in range(16))
END_OF_TIME = 10**15 - 1  # milliseconds, in the 15 digits of an order line's key
_BATCH_SIZE = 100
_RETRY_SECONDS = 0.2  # before asking again for the keys that DynamoDB left unprocessed
_LONGEST_ID = 64
SECRET = "order-id-secret"  # noqa: S105  the key of the one row of the orders table that is no saga's


class _Deserializer(TypeDeserializer):
    def _deserialize_n(self, value: str) -> int | Decimal:
        number = Decimal(value)
        return int(number) if number == int(number) else number


_serialize, _deserialize = TypeSerializer().serialize, _Deserializer().deserialize


@dataclass(frozen=True)
class Index:
    """An index of the table in the stack output `table`, or with name None the table itself, sorted by `time`."""

    table: str
    name: str | None
    partition: str
    time: str
    key: tuple[str, ...] = ("orderId",)  # the primary key of the table


PLACED = Index("OrdersTable", "placed", "shard", "createdAt")
STATUS = Index("OrdersTable", "status", "byStatus", "createdAt")
CUSTOMER = Index("OrdersTable", "customer", "customerId", "createdAt")
OPEN = Index("OrdersTable", "open", "open", "dueAt")
LISTED = ("FAILED", "PARKED")  # the statuses in the index of statuses: the others are found without it
SET_ASIDE = "set aside"  # the partition of UNDISPATCHED; older stacks may still have others
REASON = Index("OrdersTable", "reason", "byReason", "createdAt")
PRODUCT = Index("OrderLinesTable", None, "productId", "line")
UNDISPATCHED = Index("EventsTable", "undispatched", "undispatched", "at", ("orderId", "eventType"))


def is_parked(order: Mapping[str, Any]) -> bool:
    """Return whether the order of a row or an API view is parked."""
    return "parked" in order


def is_paused(order: Mapping[str, Any]) -> bool:
    """Return whether the order of a row or an API view waits for its next attempt, or is being tried again just now."""
    return "paused" in order


def status_of(order: Mapping[str, Any]) -> str:
    """Return the status of an order's row or API view; a parked order is PARKED, although its row says CANCELLING."""
    return "PARKED" if is_parked(order) else str(order["status"])


def missing(parked: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Return what an order's mark as parked lacks, and the words for it: steps of a return, or compensations."""
    return ("not done", parked["notDone"]) if "notDone" in parked else ("not undone", parked.get("notUndone", []))


def has_ended(order: Mapping[str, Any]) -> bool:
    """Return whether an order is CONFIRMED or FAILED."""
    return order["status"] in ("CONFIRMED", "FAILED")


def is_over(order: Mapping[str, Any]) -> bool:
    """Return whether an order is CONFIRMED, FAILED or parked: no execution works on it any more."""
    return has_ended(order) or is_parked(order)


@lru_cache
def client(session: boto3.Session) -> "DynamoDBClient":
    """Return the session's only client: creating one takes longer than most requests."""
    return session.client("dynamodb")


def query(
    stack: Stack, index: Index, partition: str, since: Bound = None, until: Bound = None, **options: Json
) -> Iterator[Item]:
    """Yield the entries of one partition of an index between two times (inclusive), page by page."""
    bounds = {":since": since or 0, ":until": END_OF_TIME if until is None else until}
    request = {
        **({"IndexName": index.name} if index.name else {}),
        "KeyConditionExpression": "#partition = :partition AND #time BETWEEN :since AND :until",
        "ExpressionAttributeNames": {"#partition": index.partition, "#time": index.time},
        "ExpressionAttributeValues": wire({":partition": partition, **bounds}),
    }
    return _items(stack, "query", index.table, **request, **options)


def indexed_rows(
    stack: Stack, index: Index, partitions: Sequence[str], since: int | None = None, until: int | None = None
) -> Iterator[Item]:
    """Yield the rows that an index lists between two times (ms since the epoch, inclusive), read consistently.

    The index lags behind its table, so a row may no longer belong to these partitions.
    """
    entries = [entry for partition in partitions for entry in query(stack, index, partition, since, until)]
    return rows(stack, index.table, [{name: entry[name] for name in index.key} for entry in entries])


def earliest(stack: Stack, index: Index, partitions: Sequence[str]) -> int | None:
    """Return the earliest time in these partitions of an index, in ms since the epoch; None if they are empty."""
    firsts = (next(query(stack, index, partition, Limit=1), None) for partition in partitions)
    return min((entry[index.time] for entry in firsts if entry), default=None)


def event_rows(stack: Stack, order_id: str) -> list[Item]:
    """Return the rows of an order's events, read consistently."""
    condition, values = "orderId = :orderId", wire({":orderId": order_id})
    request = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values, "ConsistentRead": True}
    return list(_items(stack, "query", "EventsTable", **request))


def row(stack: Stack, table: str, key: Mapping[str, str]) -> Item | None:
    """Return one row, read consistently."""
    response = client(stack.session).get_item(TableName=stack.outputs[table], Key=wire(key), ConsistentRead=True)
    return plain(response["Item"]) if "Item" in response else None


def order_row(stack: Stack, order_id: str) -> Item:
    """Return the row of an order, a transaction or a return, read consistently. Other sagas have rows there, too."""
    possible = 0 < len(order_id) <= _LONGEST_ID and order_id != SECRET
    order = row(stack, "OrdersTable", {"orderId": order_id}) if possible else None
    if order is None or kind_of(order) not in KINDS:
        raise no_such_order(stack, order_id)
    return order


def no_such_order(stack: Stack, order_id: str) -> NoSuchOrder:
    """Return the error for an ID that no order has. The ID is quoted, so that it is safe to print."""
    return NoSuchOrder(f"no such order in stack {stack.name}: {order_id[:_LONGEST_ID]!r}")


def rows(stack: Stack, table: str, keys: Sequence[Mapping[str, str]], **options: Json) -> Iterator[Item]:
    """Yield the rows that exist for these keys, in any order, read consistently."""
    name = stack.outputs[table]
    for batch in batched(keys, _BATCH_SIZE, strict=False):
        pending: Json = [wire(key) for key in batch]
        while pending:
            request: Json = {name: {"Keys": pending, "ConsistentRead": True, **options}}
            response: Json = client(stack.session).batch_get_item(RequestItems=request)
            yield from map(plain, response["Responses"].get(name, []))
            pending = response["UnprocessedKeys"].get(name, {}).get("Keys")
            if pending:
                time.sleep(_RETRY_SECONDS)


def everything(stack: Stack, table: str, **request: Json) -> list[Item]:
    """Return all rows of a table, read consistently. For reconciliation, the catalogue and lost events only."""
    return list(_items(stack, "scan", table, ConsistentRead=True, **request))


def pages(stack: Stack, table: str, start: Json = None) -> Iterator[tuple[list[Item], Json]]:
    """Yield each page of a table, read consistently, with the key after which the next one begins: None for the last.

    A page has at most 1 MB. `start` is such a key; keys are in DynamoDB's format.
    """
    while True:
        request = {"ExclusiveStartKey": start} if start else {}
        page: Json = client(stack.session).scan(TableName=stack.outputs[table], ConsistentRead=True, **request)
        start = page.get("LastEvaluatedKey")
        yield list(map(plain, page["Items"])), start
        if not start:
            return


def rows_expire(stack: Stack, table: str) -> bool:
    """Return whether DynamoDB deletes the table's rows after some time; then the table is not a record."""
    response = client(stack.session).describe_time_to_live(TableName=stack.outputs[table])
    return response["TimeToLiveDescription"].get("TimeToLiveStatus", "DISABLED") != "DISABLED"


def wire(item: Mapping[str, Json]) -> Json:
    """Return the item as DynamoDB's attribute values."""
    return {name: _serialize(value) for name, value in item.items()}


def plain(item: Mapping[str, Json]) -> Item:
    """Return the item as Python values."""
    return {name: _deserialize(value) for name, value in item.items()}


def _items(stack: Stack, operation: Json, table: str, **request: Json) -> Iterator[Item]:
    paginator: Json = client(stack.session).get_paginator(operation)
    for page in paginator.paginate(TableName=stack.outputs[table], **request):
        yield from map(plain, page["Items"])
