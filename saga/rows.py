"""Reading the stack's tables: by key or by index. Numbers are integers here."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import batched
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from saga.stack import Stack

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]

SHARDS = tuple(f"u#{number}" for number in range(16))
END_OF_TIME = 10**15 - 1  # milliseconds, in the 15 digits of an order line's key
_KEYS_AT_ONCE = 100
_PAUSE = 0.2  # seconds, when DynamoDB left keys out

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


@dataclass(frozen=True)
class Index:
    """An index of the table in the stack's output `table`, or by None the table itself; it is sorted by `time`."""

    table: str
    name: str | None
    partition: str
    time: str


PLACED = Index("OrdersTable", "placed", "shard", "createdAt")
STATUS = Index("OrdersTable", "status", "byStatus", "createdAt")
CUSTOMER = Index("OrdersTable", "customer", "customerId", "createdAt")
REASON = Index("OrdersTable", "reason", "byReason", "createdAt")
PRODUCT = Index("OrderLinesTable", None, "productId", "line")
UNDISPATCHED = Index("EventsTable", "undispatched", "undispatched", "at")


@lru_cache
def client(session: "boto3.Session") -> "DynamoDBClient":
    """The session's client: making one takes longer than most questions."""
    return session.client("dynamodb")


def indexed(
    stack: Stack, index: Index, partitions: Sequence[str], since: int | None = None, until: int | None = None
) -> Iterator[Item]:
    """The keys of an index's rows between two times (ms since the epoch, inclusive), partition by partition."""
    pages = client(stack.session).get_paginator("query")
    for partition in partitions:
        for page in pages.paginate(**query(stack, index, partition, since, until)):
            yield from map(plain, page["Items"])


def first(stack: Stack, index: Index, partition: str) -> Item | None:
    """The oldest row of a partition of an index."""
    found = client(stack.session).query(**query(stack, index, partition, None, None), Limit=1)["Items"]
    return plain(found[0]) if found else None


def counted(stack: Stack, index: Index, partitions: Sequence[str]) -> int:
    """How many rows these partitions of an index have."""
    pages = client(stack.session).get_paginator("query")
    queries = (query(stack, index, partition, None, None) for partition in partitions)
    return sum(page["Count"] for query in queries for page in pages.paginate(**query, Select="COUNT"))


def of_order(stack: Stack, table: str, order_id: str) -> list[Item]:
    """All rows of an order in a table that has several, read consistently."""
    pages = (
        client(stack.session)
        .get_paginator("query")
        .paginate(
            TableName=stack.outputs[table],
            KeyConditionExpression="orderId = :orderId",
            ExpressionAttributeValues=wire({":orderId": order_id}),
            ConsistentRead=True,
        )
    )
    return [plain(row) for page in pages for row in page["Items"]]


def row(stack: Stack, table: str, key: Mapping[str, str]) -> Item | None:
    """One row, read consistently."""
    answer = client(stack.session).get_item(TableName=stack.outputs[table], Key=wire(key), ConsistentRead=True)
    return plain(answer["Item"]) if "Item" in answer else None


def rows(stack: Stack, table: str, keys: Sequence[Mapping[str, str]]) -> Iterator[Item]:
    """The rows of these keys, as far as they are there, in any order, read consistently."""
    for some in batched(keys, _KEYS_AT_ONCE, strict=False):
        yield from _all(stack, stack.outputs[table], [wire(key) for key in some])


def everything(stack: Stack, table: str) -> list[Item]:
    """All rows of a table, read consistently: only a reconciliation may ask for that much."""
    pages = client(stack.session).get_paginator("scan").paginate(TableName=stack.outputs[table], ConsistentRead=True)
    return [plain(row) for page in pages for row in page["Items"]]


def expire(stack: Stack, table: str) -> bool:
    """Whether DynamoDB deletes a table's rows when their time is over: then it is no record of anything."""
    answer = client(stack.session).describe_time_to_live(TableName=stack.outputs[table])
    return answer["TimeToLiveDescription"].get("TimeToLiveStatus", "DISABLED") != "DISABLED"


def _all(stack: Stack, table: str, keys: Sequence[Any]) -> Iterator[Item]:
    while keys:
        answer = client(stack.session).batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})
        yield from map(plain, answer["Responses"].get(table, []))
        keys = answer["UnprocessedKeys"][table]["Keys"] if table in answer["UnprocessedKeys"] else []
        if keys:
            time.sleep(_PAUSE)


def wire(item: Mapping[str, Any]) -> Any:  # noqa: ANN401 - DynamoDB's attribute values
    """The item as DynamoDB wants it."""
    return {name: _serialize(value) for name, value in item.items()}


def plain(item: Mapping[str, Any]) -> Item:
    """The item as Python wants it."""
    return {name: _plain(_deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of an item
    match value:
        case Decimal():
            return int(value)
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value


def query(stack: Stack, index: Index, partition: str, since: int | str | None, until: int | str | None) -> Any:  # noqa: ANN401
    """What asks DynamoDB for a partition of an index between two times, inclusive."""
    return {
        "TableName": stack.outputs[index.table],
        **({"IndexName": index.name} if index.name else {}),
        "KeyConditionExpression": "#partition = :partition AND #time BETWEEN :since AND :until",
        "ExpressionAttributeNames": {"#partition": index.partition, "#time": index.time},
        "ExpressionAttributeValues": wire(
            {":partition": partition, ":since": since or 0, ":until": END_OF_TIME if until is None else until}
        ),
    }
