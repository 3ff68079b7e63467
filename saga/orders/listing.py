"""Finding orders, newest first, by index only: the most selective one gives the keys, the rows decide the rest."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, islice

from saga import rows
from saga.legacy import ORDER
from saga.orders.api_view import order_view
from saga.orders.facts import Json
from saga.rows import CUSTOMER, END_OF_TIME, PLACED, PRODUCT, REASON, SHARDS, STATUS, Index, Item
from saga.stack import Stack

STATUSES = ("PENDING", "CONFIRMED", "CANCELLING", "FAILED", "PARKED")
MOST = 1000
_FEW = ("PENDING", "CANCELLING", "PARKED")  # at any time few orders are in these
_AT_ONCE = 50  # rows


@dataclass(frozen=True)
class Filter:
    """What orders to find, newest first. `since` and `until` are in milliseconds since the epoch, both inclusive.

    `status` is one of STATUSES: a parked order is PARKED here, though its row says CANCELLING.
    """

    status: str | None = None
    customer: str | None = None
    product: str | None = None
    error: str | None = None
    since: int | None = None
    until: int | None = None
    limit: int = 50


def find(stack: Stack, wanted: Filter) -> Iterator[Json]:
    """Orders as the API shows them, newest first."""
    if "" in (wanted.status, wanted.customer, wanted.product, wanted.error):
        return  # no key is empty
    yield from islice(_matching(stack, wanted), wanted.limit)


def newest(stack: Stack, most: int) -> Iterator[str]:
    """The ids of the newest orders, newest first, as the index has them."""
    yield from islice(_ids(stack, PLACED, SHARDS, Filter(limit=most // len(SHARDS))), most)


def _matching(stack: Stack, wanted: Filter) -> Iterator[Json]:
    index, partitions = _most_selective(wanted)
    for some in batched(_ids(stack, index, partitions, wanted), min(_AT_ONCE, wanted.limit), strict=False):
        found = {row["orderId"]: row for row in rows.rows(stack, "OrdersTable", [{"orderId": each} for each in some])}
        kept = (found[each] for each in some if each in found and _fits(found[each], wanted))
        yield from map(order_view, kept)


def _most_selective(wanted: Filter) -> tuple[Index, Sequence[str]]:
    """The index, and the partitions of it, that have the fewest orders to look through."""
    match wanted:
        case Filter(customer=str(customer)):
            return CUSTOMER, [customer]
        case Filter(status=str(status)) if status in _FEW:
            return STATUS, _spread(status)
        case Filter(error=str(error)):
            return REASON, _spread(error)
        case Filter(product=str(product)):
            return PRODUCT, [product]
        case Filter(status=str(status)):
            return STATUS, _spread(status)
        case _:
            return PLACED, SHARDS


def _spread(value: str) -> list[str]:
    return [f"{value}#{shard}" for shard in SHARDS]


def _ids(stack: Stack, index: Index, partitions: Iterable[str], wanted: Filter) -> Iterator[str]:
    """Newest first over all partitions; an order that moves from one to another meanwhile comes once."""
    newest_first = [_keys(stack, index, partition, wanted) for partition in partitions]
    merged = heapq.merge(*newest_first, key=lambda key: (key[index.time], key["orderId"]), reverse=True)
    seen: set[str] = set()
    for key in merged:
        if key["orderId"] not in seen:
            seen.add(key["orderId"])
            yield key["orderId"]


def _keys(stack: Stack, index: Index, partition: str, wanted: Filter) -> Iterator[Item]:
    """The keys of a partition, newest first, page by page as they are needed."""
    since, until = _bounds(wanted)
    # An order line's key begins with the time; `$` comes after `#`.
    times = (f"{since:015d}#", f"{until:015d}$") if index is PRODUCT else (since, until)
    newest_first = {"ScanIndexForward": False, "Limit": wanted.limit}
    query = {**rows.query(stack, index, partition, *times), **newest_first}
    for page in rows.client(stack.session).get_paginator("query").paginate(**query):
        yield from map(rows.plain, page["Items"])


def _bounds(wanted: Filter) -> tuple[int, int]:
    since, until = wanted.since or 0, END_OF_TIME if wanted.until is None else wanted.until
    return max(0, min(since, END_OF_TIME)), max(0, min(until, END_OF_TIME))


def _fits(row: Item, wanted: Filter) -> bool:
    """Whether the row, which is read consistently, is as wanted: an index lags behind."""
    since, until = _bounds(wanted)
    return all(
        (
            row.get("saga", ORDER) == ORDER,
            wanted.status in (None, "PARKED" if "parked" in row else row["status"]),
            wanted.customer in (None, row["customerId"]),
            wanted.error in (None, row.get("reason", {}).get("reason")),
            wanted.product is None or any(line["productId"] == wanted.product for line in row["items"]),
            since <= row["createdAt"] <= until,
        )
    )
