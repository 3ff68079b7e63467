"""What the sweepers share: an index in order of time, and items that are worked off while there is time."""

import io
import json
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from sagakit import sweeping, tables
from sagakit.event import SHARD_KEYS
from sagakit.sweeping import MIN_REMAINING, MOST, PARTS
from tests.support import world
from tests.support.lambdas import Context

AMPLE: Any = Context(remaining_ms=MIN_REMAINING)
SHORT: Any = Context(remaining_ms=MIN_REMAINING - 1)


# --- The items -----------------------------------------------------------------------------------------------------


@dataclass
class Ticking:
    """A Lambda context whose time runs out as it is asked for it."""

    left: int = 55_000

    def get_remaining_time_in_millis(self) -> int:
        self.left -= 1_000
        return self.left


def test_every_item_is_acted_on_and_counted() -> None:
    seen: list[int] = []
    assert sweeping.each(range(100), seen.append, AMPLE) == 100
    assert sorted(seen) == list(range(100))


def test_a_failure_is_logged_and_does_not_block_the_others(log: io.StringIO) -> None:
    def odd_ones_fail(number: int) -> None:
        if number % 2:
            raise RuntimeError(number)

    assert sweeping.each(range(20), odd_ones_fail, AMPLE) == 10
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert sorted(line["subject"] for line in lines) == list(range(1, 20, 2))


def test_without_enough_time_no_item_is_started() -> None:
    seen: list[int] = []
    assert sweeping.each(range(20), seen.append, SHORT) == 0
    assert seen == []


def test_when_time_runs_out_the_rest_is_neither_read_nor_started() -> None:
    seen, context = list[int](), Ticking()
    acted = sweeping.each(count(), seen.append, context)  # type: ignore[arg-type]  # only the time that remains is used
    assert 0 < acted == len(seen) < 45


def test_a_sweep_acts_on_the_first_items_only_and_reads_no_others() -> None:
    seen, read = list[int](), count()
    assert sweeping.each(read, seen.append, AMPLE) == MOST
    assert sorted(seen) == list(range(MOST))
    assert next(read) == MOST


# --- The index -----------------------------------------------------------------------------------------------------


@pytest.fixture
def due(world: None) -> list[str]:  # noqa: ARG001
    """Put sagas into every shard, due in an order that mixes the shards; return their ids in that order."""
    at = {f"saga-{n}": (n * 37) % 64 for n in range(64)}
    for n, (saga_id, when) in enumerate(at.items()):
        _put({"orderId": saga_id, "open": SHARD_KEYS[n % len(SHARD_KEYS)], "dueAt": when})
    return sorted(at, key=lambda saga_id: at[saga_id])


def _put(row: dict[str, Any]) -> None:
    world.put("SAGAS", row)


def before(until: int, part: int | None = None) -> list[str]:
    return [row["orderId"] for row in sweeping.before(tables.sagas(), "open", "dueAt", until, part)]


def test_keys_come_in_order_of_time_across_all_shards(due: list[str]) -> None:
    assert before(64) == due


@pytest.mark.parametrize("until", [0, 1, 40])
def test_only_keys_before_the_given_time_are_found(due: list[str], until: int) -> None:
    assert before(until) == due[:until]


def test_the_parts_are_disjoint_each_in_order_and_together_everything(due: list[str]) -> None:
    parts = [before(64, part) for part in range(PARTS)]
    assert sorted(saga_id for part in parts for saga_id in part) == sorted(due)
    assert all(part == [saga_id for saga_id in due if saga_id in part] for part in parts)
    assert {len(part) for part in parts} == {len(due) // PARTS}


def test_the_oldest_time_is_that_of_all_shards_or_of_those_that_are_named(due: list[str]) -> None:
    assert sweeping.oldest(tables.sagas(), "open", "dueAt") == due.index(due[0]) == 0
    _put({"orderId": "aside", "open": "set aside", "dueAt": -5})
    assert sweeping.oldest(tables.sagas(), "open", "dueAt") == 0
    assert sweeping.oldest(tables.sagas(), "open", "dueAt", ["set aside"]) == -5


@pytest.mark.usefixtures("world")
def test_an_empty_index_has_no_oldest_time() -> None:
    assert sweeping.oldest(tables.sagas(), "open", "dueAt") is None
