"""How many orders come in and what becomes of them, minute by minute, and how long they take."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from saga import clock, rows
from saga.operations.latency import Latency
from saga.stack import Stack

__all__ = ["Latency", "Minute", "Throughput", "throughput"]

_MINUTE = 60_000  # ms
_ENDS = ("CONFIRMED", "FAILED")


@dataclass(frozen=True)
class Minute:
    """The orders accepted in one minute, from `start` (ms since the epoch), by what became of them until now.

    `latency` is from acceptance to the end (confirmed or failed); None when none has ended.
    """

    start: int
    accepted: int
    confirmed: int
    failed: int
    parked: int
    open: int
    latency: Latency | None

    @property
    def json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "start": clock.iso(self.start),
            "accepted": self.accepted,
            "confirmed": self.confirmed,
            "failed": self.failed,
            "parked": self.parked,
            "open": self.open,
            "latencyMs": self.latency and self.latency.json,
        }


@dataclass(frozen=True)
class Throughput:
    """The last minutes, oldest first, minutes without orders among them; and all of them together."""

    minutes: tuple[Minute, ...]
    total: Minute


def throughput(stack: Stack, minutes: int = 15) -> Throughput:
    """The last `minutes` minutes, the current one among them. It reads every order of that time."""
    current = clock.now() // _MINUTE * _MINUTE
    start = current - (minutes - 1) * _MINUTE
    keys = [{"orderId": key["orderId"]} for key in rows.indexed(stack, rows.PLACED, rows.SHARDS, since=start)]
    orders = list(rows.rows(stack, "OrdersTable", keys))
    by_minute = defaultdict[int, list[rows.Item]](list)
    for order in orders:
        by_minute[order["createdAt"] // _MINUTE * _MINUTE].append(order)
    starts = range(start, current + _MINUTE, _MINUTE)
    return Throughput(tuple(_minute(each, by_minute[each]) for each in starts), _minute(start, orders))


def _minute(start: int, orders: Sequence[rows.Item]) -> Minute:
    outcomes = Counter("parked" if "parked" in order else order["status"] for order in orders)
    ended = outcomes["CONFIRMED"] + outcomes["FAILED"] + outcomes["parked"]
    return Minute(
        start=start,
        accepted=len(orders),
        confirmed=outcomes["CONFIRMED"],
        failed=outcomes["FAILED"],
        parked=outcomes["parked"],
        open=len(orders) - ended,
        latency=Latency.of([order["updatedAt"] - order["createdAt"] for order in orders if order["status"] in _ENDS]),
    )
