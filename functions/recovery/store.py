"""What recovery reads: the sparse indexes of open orders and of undispatched events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outbox.event import SHARDS, of_row
from shared import door, dynamodb, tables
from shared.errors import OrderNotCancelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outbox.event import Event
    from shared.dynamodb import Item

MOST_ATTEMPTS = 10  # to dispatch an event, before it is set aside
TRIED = tuple(f"u#{n}" for n in range(SHARDS))
SET_ASIDE = "set aside"  # the shard of events that nobody tries to dispatch any more


def overdue(before: int) -> Iterator[str]:
    """Give the ids of open orders that were due before this time, the longest overdue of each shard first."""
    for row in _each_shard(tables.orders(), "open", "dueAt", before):
        yield row["orderId"]


def undispatched(before: int) -> Iterator[Item]:
    """Give the keys of events that stand undispatched since before this time, the oldest of each shard first."""
    return _each_shard(tables.events(), "undispatched", "at", before)


def oldest_undispatched() -> Iterator[int]:
    """Give the time of the oldest undispatched event of each shard that has one, and of those set aside."""
    for shard in (*TRIED, SET_ASIDE):
        answer = dynamodb.client.query(**_shard(tables.events(), "undispatched", shard), Limit=1)
        yield from (dynamodb.from_wire(row)["at"] for row in answer["Items"])


def still_undispatched(key: Item) -> Event | None:
    """Read the event, unless it was dispatched meanwhile: the index lags behind its table."""
    answer = dynamodb.client.get_item(TableName=tables.events(), Key=_key_of_event(key), ConsistentRead=True)
    row = dynamodb.from_wire(answer.get("Item", {}))
    return of_row(row) if "undispatched" in row else None


def dispatch_failed(key: Item) -> int:
    """Count the attempt on the event's row, and set the event aside after too many. Gives the count."""
    attempts = _update_event(key, "ADD #attempts :one", {"#attempts": "attempts"}, {":one": 1})["attempts"]
    if attempts >= MOST_ATTEMPTS:
        _update_event(key, "SET #undispatched = :aside", {"#undispatched": "undispatched"}, {":aside": SET_ASIDE})
    return int(attempts)


def due_at(order_id: str, at: int) -> None:
    """Let the sweeper look at the order again at this time, if it is still being cancelled."""
    try:
        dynamodb.client.update_item(
            TableName=tables.orders(),
            Key=dynamodb.to_wire({"orderId": order_id}),
            UpdateExpression="SET #dueAt = :at",
            ConditionExpression="#status = :cancelling AND attribute_exists(#open)",
            ExpressionAttributeNames={"#dueAt": "dueAt", "#status": "status", "#open": "open"},
            ExpressionAttributeValues=dynamodb.to_wire({":at": at, ":cancelling": door.CANCELLING}),
        )
    except dynamodb.client.exceptions.ConditionalCheckFailedException as refused:
        raise OrderNotCancelling(order_id) from refused


def _each_shard(table: str, index: str, time: str, before: int) -> Iterator[Item]:
    for shard in TRIED:
        until = {"#time": time}, {":before": before}, " AND #time < :before"
        pages = dynamodb.client.get_paginator("query").paginate(**_shard(table, index, shard, *until))
        for page in pages:
            yield from (dynamodb.from_wire(row) for row in page["Items"])


def _shard(
    table: str,
    index: str,
    shard: str,
    names: dict[str, str] | None = None,
    values: dict[str, Any] | None = None,
    condition: str = "",
) -> Any:  # noqa: ANN401  the arguments of a query
    return {
        "TableName": table,
        "IndexName": index,
        "KeyConditionExpression": f"#shard = :shard{condition}",
        "ExpressionAttributeNames": {"#shard": index, **(names or {})},
        "ExpressionAttributeValues": dynamodb.to_wire({":shard": shard, **(values or {})}),
    }


def _update_event(key: Item, update: str, names: dict[str, str], values: dict[str, Any]) -> Item:
    answer = dynamodb.client.update_item(
        TableName=tables.events(),
        Key=_key_of_event(key),
        UpdateExpression=update,
        ConditionExpression="attribute_exists(#orderId)",
        ExpressionAttributeNames={"#orderId": "orderId", **names},
        ExpressionAttributeValues=dynamodb.to_wire(values),
        ReturnValues="ALL_NEW",
    )
    return dynamodb.from_wire(answer["Attributes"])


def _key_of_event(key: Item) -> Any:  # noqa: ANN401  DynamoDB's attribute values
    return dynamodb.to_wire({"orderId": key["orderId"], "eventType": key["eventType"]})
