"""`saga product shard`: stock that is spread over rows, and what the other commands make of it."""

from collections.abc import Callable

import pytest

from inventory import shards
from product import stock_rows
from saga.reconcile.invariants import violations
from saga.stack import sharding, tables
from saga.stack.stack import Stack
from tests.support import steps, world
from tests.support.asl import Json
from tests.support.cli import answer, saga
from tests.support.meanwhile import before

pytestmark = pytest.mark.usefixtures("target_stack")

OWN, ONE, TWO = stock_rows("monitor", 2)
STOCKED = {"productId": "monitor", "available": 100, "held": 0, "stocked": 100}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know of no shards yet, as a new function instance."""
    monkeypatch.setattr(shards, "_known", {})


def levels(number: int) -> list[int]:
    return [world.available(row) for row in stock_rows("monitor", number)]


def listed() -> dict[str, object]:
    (found,) = [each for each in answer("product", "list") if each["productId"] == "monitor"]
    return {name: found[name] for name in STOCKED}


def shard(number: int) -> list[int]:
    return [each["available"] for each in answer("product", "shard", "monitor", str(number))]


def refused(number: int) -> str:
    ended = saga("product", "shard", "monitor", str(number))
    assert (ended.exit_code, ended.stdout, len(ended.stderr.splitlines())) != (0, "", 1)
    return ended.stderr


def test_stock_is_spread_evenly_and_more_shards_can_be_added() -> None:
    assert shard(3) == levels(3) == [0, 34, 33, 33]
    assert shard(8) == levels(8) == [0, 13, 13, 13, 13, 12, 12, 12, 12]
    assert listed() == STOCKED
    assert violations(world.everything()) == []


def test_a_restocked_product_is_levelled_by_the_same_command() -> None:
    shard(3)
    steps.confirmed()  # two monitors
    restocked = answer("product", "restock", "monitor", "--by", "5")
    assert (restocked["available"], restocked["held"], restocked["stocked"]) == (103, 2, 105)
    assert levels(3)[0] == 5
    assert "in 3 shards" in saga("product", "list").stdout
    assert sorted(shard(3)) == [0, 34, 34, 35]
    assert violations(world.everything()) == []


@pytest.mark.parametrize(
    ("moved", "count"),
    [({OWN: 5, ONE: 1, TWO: 0}, 2), ({OWN: 0, ONE: 1, TWO: 2}, 0), ({OWN: 0, ONE: 0, TWO: 0}, 0)],
)
def test_nothing_moves_that_need_not(moved: dict[str, int], count: int) -> None:
    assert len([*sharding.moves(OWN, moved)]) == count


@pytest.mark.parametrize(
    ("number", "told"),
    [(1, "expected 2 to 16"), (17, "expected 2 to 16"), (2, "has 3 shards: there can only be more")],
)
def test_an_invalid_number_is_refused_and_changes_nothing(number: int, told: str) -> None:
    shard(3)
    unchanged = world.rows("INVENTORY")
    assert told in refused(number)
    assert world.rows("INVENTORY") == unchanged


def test_a_shard_is_neither_ordered_nor_restocked_nor_sharded() -> None:
    shard(3)
    assert f"{ONE} is not for sale: it is a shard of monitor" in saga("product", "restock", ONE, "--by", "1").stderr
    assert f"{ONE} is not for sale" in saga("product", "shard", ONE, "3").stderr


def interrupted(stack: Stack, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object], call: int) -> None:
    client = tables.client(stack.session)
    real, calls = client.transact_write_items, iter(range(1, 100))

    def transact(**request: Json) -> Json:
        if next(calls) == call:
            happens()
        return real(**request)

    monkeypatch.setattr(client, "transact_write_items", transact)


def test_orders_may_take_what_was_about_to_move(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {**world.product(), "shards": 3, "available": 1, "stocked": 1}
    interrupted(stack, monkeypatch, lambda: world.put("INVENTORY", taken), call=2)  # after the shards were added
    assert shard(3) == levels(3) == [0, 1, 0, 0]


def test_an_order_that_was_placed_before_is_reserved_from_the_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = world.placed()
    before(monkeypatch, "transact_write_items", lambda: shard(3))
    steps.reserve(order_id)
    assert sum(levels(3)) == world.STOCK - 2
    assert violations(world.everything()) == []


def test_shards_that_somebody_else_adds_meanwhile_are_told(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"productId": ONE, "shardOf": "monitor", "available": 0}
    interrupted(stack, monkeypatch, lambda: world.put("INVENTORY", other), call=1)
    assert f"a row {ONE} exists" in refused(3)
    assert [row for row in world.rows("INVENTORY") if "shardOf" in row] == [other]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda: world.remove("INVENTORY", productId=TWO), "monitor: it has 3 shards, but only 2 rows of shards"),
        (lambda: world.put("INVENTORY", {"productId": "monitor#shard-4", "shardOf": "monitor", "available": 0}),
         "monitor#shard-4: it is not among the shards of monitor"),
        (lambda: world.put("INVENTORY", {"productId": ONE, "shardOf": "monitor", "available": -1}),
         f"{ONE}: available is -1: expected a whole number from 0 to 999999999999 (INVENTORY)"),
        (lambda: world.put("INVENTORY", {"productId": ONE, "shardOf": "monitor", "available": 35}),
         "monitor: 100 stocked, 101 left, 0 held"),
    ],
    ids=["missing", "of no product", "malformed", "too much"],
)  # fmt: skip
def test_reconciliation_tells_what_is_wrong_with_shards(spoil: Callable[[], object], told: str) -> None:
    shard(3)
    spoil()
    assert told in violations(world.everything())
