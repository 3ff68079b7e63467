"""How many orders and transactions are placed per minute, how they end, and how long they take."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from saga.operations.latency import Latency
from saga.stack import tables
from saga.stack.kinds import ORDER, TRANSACTION, kind_of
from saga.stack.stack import Stack
from saga.stack.tables import has_ended, is_paused, status_of
from saga.text import times
from saga.text.durations import MINUTE


@dataclass(frozen=True)
class Minute:
    """The orders and transactions placed in one minute from `start` (ms since the epoch), by status, or as paused.

    `latency` is the time from acceptance to the end (confirmed or failed); None if no order has ended.
    """

    start: int
    accepted: int
    confirmed: int
    failed: int
    parked: int
    paused: int
    open: int
    latency: Latency | None

    @classmethod
    def of(cls, start: int, orders: Sequence[tables.Item]) -> Self:
        """Count these orders."""
        statuses = Counter(map(status_of, orders))
        confirmed, failed, parked = (statuses[each] for each in ("CONFIRMED", "FAILED", "PARKED"))
        paused = sum(map(is_paused, orders))
        latencies = [order["updatedAt"] - order["createdAt"] for order in orders if has_ended(order)]
        still_open = len(orders) - confirmed - failed - parked - paused
        return cls(start, len(orders), confirmed, failed, parked, paused, still_open, Latency.of(latencies))


@dataclass(frozen=True)
class Throughput:
    """The last minutes, oldest first, including those without orders; and all of them together."""

    minutes: tuple[Minute, ...]
    total: Minute


def throughput(stack: Stack, minutes: int = 15) -> Throughput:
    """Return the last `minutes` minutes, the current one included. Reads every order of that time."""
    current = times.now() // MINUTE * MINUTE
    start = current - (minutes - 1) * MINUTE
    placed = tables.indexed_rows(stack, tables.PLACED, tables.SHARDS, since=start)
    orders = [row for row in placed if kind_of(row) in (ORDER, TRANSACTION)]
    by_minute = defaultdict[int, list[tables.Item]](list)
    for order in orders:
        by_minute[order["createdAt"] // MINUTE * MINUTE].append(order)
    starts = range(start, current + MINUTE, MINUTE)
    return Throughput(tuple(Minute.of(each, by_minute[each]) for each in starts), Minute.of(start, orders))
