"""How often Lambda invokes functions for an order, and how long they take."""

import math
from dataclasses import dataclass

from scripts.consumers import Consumer
from scripts.cost.counts import Count
from scripts.cost.prices import assumed


@dataclass(frozen=True)
class Load:
    """So many orders a second, and the stream's consumers."""

    rate: float
    consumers: dict[str, Consumer]

    def invocations(self, count: Count) -> dict[str, float]:
        """Return the invocations of each function for an order."""
        return {**count.invocations, **{name: self._batches(name, count) for name in self.consumers}}

    def _batches(self, name: str, count: Count) -> float:
        """Return the batches of an order's records; a batch that others share counts as a part.

        An order's records are in one shard, and worked off one batch after the other. A batch takes what arrives while
        it is open: for the window, or while the one before it is worked off.
        """
        consumer, records = self.consumers[name], count.records.get(name, 0)
        if not records:
            return 0
        at_a_time = assumed("stream")["shards"] * consumer.factor
        own = min(records, math.ceil(seconds_of_order(count) / consumer.window)) if consumer.window else records
        shared_by = 1 + self.rate / at_a_time * max(consumer.window, milliseconds(name, count, own) / own / 1000)
        return float(own / min(shared_by, consumer.batch / (records / own)))


def milliseconds(function: str, count: Count, invocations: float = 1) -> float:
    """Return how long a function takes for an order in all its invocations."""
    assumption = assumed("milliseconds")
    calls = count.calls.get(function, {}).items()
    return float(invocations * assumption["invocation"] + sum(assumption[call] * times for call, times in calls))


def seconds_of_order(count: Count) -> float:
    """Return how long an execution takes: its functions, and the transitions between its states."""
    states = sum(milliseconds(state, count, count.invocations[state]) for state in count.path if state in count.calls)
    return float(states + assumed("milliseconds")["transition"] * (len(count.path) + count.retries)) / 1000
