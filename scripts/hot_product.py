"""Simulates orders for one product against DynamoDB's limits: python scripts/hot_product.py [PAGE].

With a page, it writes the tables into it, else it prints them. The same seed gives the same tables. Only the
reservation is simulated: its transaction, the pauses of sagakit/transaction.py, and the retries of its state.
"""

import heapq
from collections import defaultdict, deque
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace
from unittest.mock import patch

import tests.support.settings  # noqa: F401  before anything of the functions is imported
from sagakit import transaction
from scripts import page
from statemachine.policies import USUAL

RATES, SHARDS, HOLDS = (10, 100, 500, 1_000), (1, 4, 8, 16), (0.005, 0.01, 0.02, 0.04)
ORDERS = 10_000  # of each simulation
# Assumptions: how long a transaction keeps others from its rows, and how soon one that meets it is refused, in seconds.
HOLD, REFUSED_AFTER = 0.01, 0.005
UNITS, UNITS_PER_TRANSACTION = (
    1_000,
    2,
)  # that a row takes in a second, and of a transaction, even of one that is refused
WORST = 0.99  # of the orders are faster


@dataclass
class Row:
    """A row of the stock: until when a transaction holds it, and when the transactions of the last second were."""

    held_until: float = 0.0
    recent: deque[float] = field(default_factory=deque)

    def refuses(self, now: float) -> str:
        """Return why it refuses a transaction now, if it does."""
        while self.recent and self.recent[0] <= now - 1:
            self.recent.popleft()
        if (len(self.recent) + 1) * UNITS_PER_TRANSACTION > UNITS:
            return "throttled"
        self.recent.append(now)
        return "conflict" if now < self.held_until else ""


@dataclass
class Figures:
    """What became of the orders."""

    attempts: int = 0
    refused: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    gave_up: set[int] = field(default_factory=set)  # a function's attempts were used up, so its state tries again
    paused: set[int] = field(default_factory=set)  # so were the state's
    waits: list[float] = field(default_factory=list)  # in seconds, of those that were reserved

    @property
    def p99(self) -> str:
        """The time until a reservation was made, if no more are paused."""
        waits = [*sorted(self.waits), *[None] * len(self.paused)]
        worst = waits[int(WORST * len(waits))]
        return "paused" if worst is None else f"{worst * 1000:,.0f} ms"

    @property
    def cells(self) -> list[str]:
        """The figures of a line of the table."""
        conflicts, throttled = (self.refused[reason] / self.attempts for reason in ("conflict", "throttled"))
        shares = conflicts, throttled, len(self.gave_up) / ORDERS, len(self.paused) / ORDERS
        first, second, *rest = (f"{share:.1%}" for share in shares)
        return [first, second, f"{self.attempts / ORDERS:.2f}", *rest, self.p99]


def simulate(rate: float, shards: int, hold: float) -> Figures:
    """Let so many orders a second reserve a piece of one product."""
    random, figures = Random(1), Figures()
    rows, started, now = [Row() for _ in range(shards)], dict[int, float](), 0.0
    due: list[tuple[float, int, int, int, Row]] = []  # time, order, attempts and invocations so far, and the row
    for order in range(ORDERS):
        now += random.expovariate(rate)
        started[order] = now
        due.append((now, order, 0, 0, random.choice(rows)))
    heapq.heapify(due)
    pauses: list[float] = []
    with (
        patch.object(transaction, "time", SimpleNamespace(sleep=pauses.append)),
        patch.object(transaction, "random", random),
    ):
        while due:
            now, order, attempt, invocation, row = heapq.heappop(due)
            figures.attempts += 1
            reason = row.refuses(now)
            if not reason:
                row.held_until = now + hold
                figures.waits.append(row.held_until - started[order])
                continue
            figures.refused[reason] += 1
            if attempt + 1 < transaction.ATTEMPTS:
                transaction._pause(attempt)  # noqa: SLF001  the functions' own
                heapq.heappush(due, (now + REFUSED_AFTER + pauses.pop(), order, attempt + 1, invocation, row))
                continue
            figures.gave_up.add(order)
            if invocation == USUAL.retry.attempts:
                figures.paused.add(order)
                continue
            delay = random.uniform(0, USUAL.retry.interval * USUAL.retry.backoff**invocation)
            heapq.heappush(due, (now + REFUSED_AFTER + delay, order, 0, invocation + 1, random.choice(rows)))
    return figures


def tables() -> str:
    """Return the figures by rate and shards, and by how long a transaction holds its rows."""
    head = ["conflicts", "throttled", "attempts an order", "state retried", "order paused", "99 % reserved within"]
    by_rate = [[f"{rate:,}", f"{n}", *simulate(rate, n, HOLD).cells] for rate in RATES for n in SHARDS]
    by_hold = [[f"{hold * 1000:.0f} ms", f"{n}", *simulate(100, n, hold).cells] for hold in HOLDS for n in SHARDS[:3]]
    other = f"100 orders a second, if a transaction holds its rows for another time than {HOLD * 1000:.0f} ms:"
    rates = page.table(["orders a second", "shards", *head], by_rate)
    holds = page.table(["held for", "shards", *head], by_hold)
    return f"{rates}\n{other}\n\n{holds}"


if __name__ == "__main__":
    page.write(page.asked_for(__doc__), "hot product", tables())
