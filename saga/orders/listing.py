"""Find orders, transactions and returns, newest first. The most selective index gives candidates; their rows decide."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, islice

from saga.http import Json
from saga.orders.api_view import order_view
from saga.stack import tables
from saga.stack.kinds import KINDS, RETURN, kind_of
from saga.stack.stack import Stack
from saga.stack.tables import (
    CUSTOMER,
    END_OF_TIME,
    LISTED,
    OPEN,
    PLACED,
    PRODUCT,
    REASON,
    SHARDS,
    STATUS,
    Index,
    Item,
    status_of,
)

PAUSED = "PAUSED"  # no status: orders that are PENDING or CANCELLING, and wait
STATUSES = ("PENDING", "CONFIRMED", "CANCELLING", "FAILED", "PARKED", PAUSED)
_OPEN = ("PENDING", "CANCELLING", PAUSED)
_BATCH_SIZE = 50


@dataclass(frozen=True)
class Filter:
    """Which orders to find, in the wider sense: of one of KINDS, or of all.

    `since` and `until` are in ms since the epoch, inclusive; `status` is one of STATUSES. A return has no customer of
    its own, and is not found by its products.
    """

    status: str | None = None
    customer: str | None = None
    product: str | None = None
    error: str | None = None
    since: int | None = None
    until: int | None = None
    limit: int = 50
    kind: str | None = None


def find(stack: Stack, wanted: Filter) -> Iterator[Json]:
    """Yield orders as the API shows them, newest first."""
    if "" not in (wanted.status, wanted.customer, wanted.product, wanted.error):  # a key is never empty
        yield from islice(_matching(stack, wanted), wanted.limit)


def newest(stack: Stack, most: int) -> Iterator[str]:
    """Yield the IDs of the newest orders, newest first. Reads only the index."""
    yield from islice(_ids(stack, PLACED, SHARDS, Filter(limit=most)), most)


def _matching(stack: Stack, wanted: Filter) -> Iterator[Json]:
    if wanted.status in _OPEN and wanted.customer is None:
        yield from map(order_view, _open(stack, wanted))
        return
    index, partitions = _most_selective(wanted)
    for ids in batched(_ids(stack, index, partitions, wanted), min(_BATCH_SIZE, wanted.limit), strict=False):
        rows = tables.rows(stack, "OrdersTable", [{"orderId": each} for each in ids])
        matching = {row["orderId"]: row for row in rows if _matches(row, wanted)}
        yield from (order_view(matching[each]) for each in ids if each in matching)


def _open(stack: Stack, wanted: Filter) -> list[Item]:
    """Return the rows of open orders, newest first; their index is sorted by when they are due."""
    found = [row for row in tables.indexed_rows(stack, OPEN, SHARDS) if _matches(row, wanted)]
    return sorted(found, key=lambda row: (row["createdAt"], row["orderId"]), reverse=True)


def _most_selective(wanted: Filter) -> tuple[Index, Sequence[str]]:
    """Return the index, and its partitions, with the fewest orders to look at. Most orders are CONFIRMED."""
    by_status = {each: each if each == wanted.status else None for each in LISTED}
    by_selectivity = (
        (CUSTOMER, wanted.customer),
        (STATUS, by_status["PARKED"]),
        (REASON, wanted.error),
        (STATUS, by_status["FAILED"]),
        (PRODUCT, wanted.product),
    )
    for index, value in by_selectivity:
        if value is not None:
            return index, (value,) if index in (CUSTOMER, PRODUCT) else [f"{value}#{shard}" for shard in SHARDS]
    return PLACED, SHARDS


def _ids(stack: Stack, index: Index, partitions: Sequence[str], wanted: Filter) -> Iterator[str]:
    """Yield IDs newest first; an order that moves between partitions meanwhile comes once."""
    few = wanted.limit if len(partitions) == 1 else 2 + 2 * wanted.limit // len(partitions)
    newest_first = [_entries(stack, index, partition, wanted, few) for partition in partitions]
    seen: set[str] = set()
    for entry in heapq.merge(*newest_first, key=lambda entry: (entry[index.time], entry["orderId"]), reverse=True):
        if entry["orderId"] not in seen:
            seen.add(entry["orderId"])
            yield entry["orderId"]


def _entries(stack: Stack, index: Index, partition: str, wanted: Filter, few: int) -> Iterator[Item]:
    """Yield the entries of a partition, newest first: a few, as its share of the newest; if these don't do, pages.

    The entries of the millisecond at which the pages begin may come twice.
    """
    since, until = _bounds(wanted)
    # The key of an order line begins with the time; `$` sorts after `#`.
    bounds = (f"{since:015d}#", f"{until:015d}$") if index is PRODUCT else (since, until)
    first = list(islice(tables.query(stack, index, partition, *bounds, ScanIndexForward=False, Limit=few), few))
    yield from first
    if len(first) == few:
        last = first[-1][index.time]
        yield from tables.query(stack, index, partition, bounds[0], last, ScanIndexForward=False, Limit=wanted.limit)


def _bounds(wanted: Filter) -> tuple[int, int]:
    since, until = wanted.since or 0, END_OF_TIME if wanted.until is None else wanted.until
    return max(0, min(since, END_OF_TIME)), max(0, min(until, END_OF_TIME))


def _matches(row: Item, wanted: Filter) -> bool:
    since, until = _bounds(wanted)
    return all(
        (
            kind_of(row) in (KINDS if wanted.kind is None else (wanted.kind,)),
            tables.is_paused(row) if wanted.status == PAUSED else wanted.status in (None, status_of(row)),
            wanted.customer in (None, row.get("customerId")),
            wanted.error in (None, row.get("reason", {}).get("reason")),
            wanted.product is None or _has_product(row, wanted.product),
            since <= row["createdAt"] <= until,
        )
    )


def _has_product(row: Item, product: str) -> bool:
    return kind_of(row) != RETURN and any(line["productId"] == product for line in row["items"])
