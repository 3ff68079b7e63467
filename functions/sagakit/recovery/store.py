"""The sparse indexes that recovery reads: open sagas and undispatched events."""

from collections.abc import Iterator

from sagakit import dynamodb, tables
from sagakit.dynamodb import Item
from sagakit.errors import NotCancelling
from sagakit.event import ID, SHARDS, Event, from_row
from sagakit.saga import Status

MAX_ATTEMPTS = 10  # to dispatch an event, before it is quarantined
SHARD_KEYS = tuple(f"u#{n}" for n in range(SHARDS))
QUARANTINED = "set aside"  # the shard of events that the sweeper no longer tries to dispatch
EXISTS = f"attribute_exists(#{ID})"


def overdue(before: int) -> Iterator[str]:
    """Yield the ids of open sagas that were due before this time, the longest overdue of each shard first."""
    for row in _each_shard(tables.sagas(), "open", "dueAt", before):
        yield row[ID]


def undispatched(before: int) -> Iterator[Item]:
    """Yield the keys of undispatched events recorded before this time, the oldest of each shard first."""
    return _each_shard(tables.events(), "undispatched", "at", before)


def oldest_undispatched() -> Iterator[int]:
    """Yield the time of the oldest undispatched event of each shard, and of the quarantined ones."""
    for shard in (*SHARD_KEYS, QUARANTINED):
        query = dynamodb.request(tables.events(), query="#undispatched = :shard", shard=shard)
        page = dynamodb.client.query(**query, IndexName="undispatched", Limit=1)
        yield from (dynamodb.from_wire(row)["at"] for row in page["Items"])


def still_undispatched(key: Item) -> Event | None:
    """Read the event, or None if it has been dispatched: the index lags behind its table."""
    row = dynamodb.get(tables.events(), _key_of_event(key))
    return from_row(row) if row and "undispatched" in row else None


def dispatch_failed(key: Item) -> int:
    """Count a failed attempt on the event's row, quarantine the event after too many, and return the count."""
    table, event = tables.events(), _key_of_event(key)
    attempts = int(dynamodb.change(table, event, "ADD #attempts :one", EXISTS, one=1)["attempts"])
    if attempts >= MAX_ATTEMPTS:
        dynamodb.change(table, event, "SET #undispatched = :quarantined", EXISTS, quarantined=QUARANTINED)
    return attempts


def due_at(saga_id: str, at: int) -> None:
    """Schedule the sweeper's next look at the saga for this time.

    Raises:
        NotCancelling: the saga is no longer being cancelled, or is parked.
    """
    condition = "#status = :cancelling AND attribute_exists(#open)"
    try:
        dynamodb.change(
            tables.sagas(), {ID: saga_id}, "SET #dueAt = :at", condition, at=at, cancelling=Status.CANCELLING
        )
    except dynamodb.client.exceptions.ConditionalCheckFailedException as refused:
        raise NotCancelling(saga_id) from refused


def _each_shard(table: str, index: str, time: str, before: int) -> Iterator[Item]:
    pages = dynamodb.client.get_paginator("query")
    for shard in SHARD_KEYS:
        query = dynamodb.request(table, query=f"#{index} = :shard AND #{time} < :before", shard=shard, before=before)
        for page in pages.paginate(**query, IndexName=index):
            yield from (dynamodb.from_wire(row) for row in page["Items"])


def _key_of_event(key: Item) -> dict[str, str]:
    return {ID: key[ID], "eventType": key["eventType"]}
