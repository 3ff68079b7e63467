"""What recovery reads: the sparse indexes of open sagas and of undispatched events."""

from collections.abc import Iterator

from sagakit import dynamodb, tables
from sagakit.dynamodb import Item
from sagakit.errors import NotCancelling
from sagakit.event import ID, SHARDS, Event, of_row
from sagakit.saga import Status

MOST_ATTEMPTS = 10  # to dispatch an event, before it is set aside
SHARD_KEYS = tuple(f"u#{n}" for n in range(SHARDS))
SET_ASIDE = "set aside"  # the shard of events that nobody tries to dispatch any more
EXISTS = f"attribute_exists(#{ID})"


def overdue(before: int) -> Iterator[str]:
    """Give the ids of open sagas that were due before this time, the longest overdue of each shard first."""
    for row in _each_shard(tables.sagas(), "open", "dueAt", before):
        yield row[ID]


def undispatched(before: int) -> Iterator[Item]:
    """Give the keys of events that stand undispatched since before this time, the oldest of each shard first."""
    return _each_shard(tables.events(), "undispatched", "at", before)


def oldest_undispatched() -> Iterator[int]:
    """Give the time of the oldest undispatched event of each shard that has one, and of those set aside."""
    for shard in (*SHARD_KEYS, SET_ASIDE):
        query = dynamodb.request(tables.events(), query="#undispatched = :shard", shard=shard)
        answer = dynamodb.client.query(**query, IndexName="undispatched", Limit=1)
        yield from (dynamodb.from_wire(row)["at"] for row in answer["Items"])


def still_undispatched(key: Item) -> Event | None:
    """Read the event, unless it was dispatched meanwhile: the index lags behind its table."""
    row = dynamodb.get(tables.events(), _key_of_event(key))
    return of_row(row) if row and "undispatched" in row else None


def dispatch_failed(key: Item) -> int:
    """Count the attempt on the event's row, and set the event aside after too many. Gives the count."""
    table, event = tables.events(), _key_of_event(key)
    attempts = int(dynamodb.change(table, event, "ADD #attempts :one", EXISTS, one=1)["attempts"])
    if attempts >= MOST_ATTEMPTS:
        dynamodb.change(table, event, "SET #undispatched = :aside", EXISTS, aside=SET_ASIDE)
    return attempts


def due_at(saga_id: str, at: int) -> None:
    """Let the sweeper look at the saga again at this time.

    Raises:
        NotCancelling: it is not being cancelled any more, or parked.
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
