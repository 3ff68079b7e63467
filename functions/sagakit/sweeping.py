"""What the sweepers share: indexes that are read in order of time, and items that are worked off in parallel."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from heapq import merge
from itertools import islice, takewhile

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import dynamodb
from sagakit.dynamodb import Item
from sagakit.event import SHARD_KEYS
from sagakit.observability import logger

PARTS = 4  # of the shards; each can be swept by an invocation of its own
MOST = 1_350  # items of a part and sweep: 90 a second, which scripts/capacity.py leaves free
WORKERS = 8  # they wait for DynamoDB most of the time
MIN_REMAINING = 10_000  # milliseconds that must remain to start on the next item


def each[T](found: Iterable[T], act: Callable[[T], object], context: LambdaContext) -> int:
    """Act on the first items while there is time, and count the successes. A failure doesn't block the others."""

    def in_time(_item: T) -> bool:
        return context.get_remaining_time_in_millis() >= MIN_REMAINING

    def attempt(item: T) -> bool:
        try:
            if in_time(item):
                act(item)
                return True
        except Exception:  # noqa: BLE001  no failure may block the others
            logger.exception("left for the next sweep", extra={"subject": item})
        return False

    with ThreadPoolExecutor(WORKERS) as pool:
        return sum(pool.map(attempt, takewhile(in_time, islice(found, MOST))))


def before(table: str, index: str, time: str, until: int, part: int | None = None) -> Iterator[Item]:
    """Yield the keys in a sparse, sharded index, or in one part of it, that are earlier than `until`, in order."""
    shards = SHARD_KEYS if part is None else SHARD_KEYS[part::PARTS]
    return merge(*(shard_before(table, index, time, shard, until) for shard in shards), key=lambda row: row[time])


def oldest(table: str, index: str, time: str, shards: Sequence[str] = SHARD_KEYS) -> int | None:
    """Return the earliest time in these shards of an index; None if they are empty."""
    times: list[int] = []
    for shard in shards:
        query = dynamodb.request(table, query=f"#{index} = :shard", shard=shard)
        page = dynamodb.client.query(**query, IndexName=index, Limit=1)
        times += [dynamodb.from_wire(row)[time] for row in page["Items"]]
    return min(times, default=None)


def shard_before(table: str, index: str, time: str, shard: str, until: int) -> Iterator[Item]:
    """Yield the keys in one shard of an index that are earlier than `until`, the earliest first."""
    query = dynamodb.request(table, query=f"#{index} = :shard AND #{time} < :until", shard=shard, until=until)
    for page in dynamodb.client.get_paginator("query").paginate(**query, IndexName=index):
        yield from (dynamodb.from_wire(row) for row in page["Items"])
