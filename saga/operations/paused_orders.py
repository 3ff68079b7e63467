"""Paused orders: what they wait for, and how many of them. They need no operator; what they wait for may."""

from collections import defaultdict

from saga.http import Json
from saga.stack import tables
from saga.stack.stack import Stack
from saga.text.times import iso


def paused(stack: Stack) -> list[Json]:
    """Return how many `orders` wait for each `state` and `reason`, and `since` when the first does; the most first."""
    since = defaultdict[tuple[str, str], list[int]](list)
    for row in filter(tables.is_paused, tables.indexed_rows(stack, tables.OPEN, tables.SHARDS)):
        since[row["paused"]["state"], row["paused"]["reason"]].append(row["paused"]["since"])
    return [
        {"state": state, "reason": reason, "orders": len(times), "since": iso(min(times))}
        for (state, reason), times in sorted(since.items(), key=lambda each: (-len(each[1]), each[0]))
    ]
