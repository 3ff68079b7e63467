"""`saga product`: the catalogue's rows, written so that the functions and the reconciliation can read them."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from saga.reconcile.invariants import violations
from saga.stack import tables
from saga.stack.stack import Stack
from tests.support import steps, world
from tests.support.cli import answer, saga

pytestmark = pytest.mark.usefixtures("target_stack")


def test_products_are_added_with_a_price_in_minor_units_and_their_full_stock() -> None:
    added = answer("product", "add", "camera", "tripod", "--price", "349.99", "--stock", "20")
    camera = {"productId": "camera", "name": "camera", "price": 349.99, "available": 20, "held": 0, "stocked": 20}
    assert added == [camera, {**camera, "productId": "tripod", "name": "tripod"}]
    row = {"productId": "camera", "name": "camera", "price": 34_999, "available": 20, "stocked": 20}
    assert world.product("camera") == row
    assert violations(world.everything()) == []


@pytest.mark.parametrize(
    ("price", "minor"), [("0", 0), ("0.00", 0), ("7", 700), ("7.5", 750), ("9999999999.99", 10**12 - 1)]
)
def test_a_price_has_up_to_two_decimals_and_may_be_0(price: str, minor: int) -> None:
    answer("product", "add", "camera", "--price", price, "--stock", "0")
    assert world.product("camera")["price"] == minor


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "camera", "--price", "349.999", "--stock", "1"], "Invalid price '349.999'"),
        (["add", "camera", "--price", "-1", "--stock", "1"], "Invalid price '-1'"),
        (["add", "camera", "--price", "1e3", "--stock", "1"], "Invalid price '1e3'"),
        (["add", "camera", "--price", "٣", "--stock", "1"], "Invalid price"),
        (["add", "camera", "--price", "10000000000", "--stock", "1"], "Invalid price '10000000000'"),
        (["add", "camera", "--price", "1", "--stock", "-1"], "Invalid stock '-1'"),
        (["add", "camera", "--price", "1", "--stock", "1.5"], "Invalid stock '1.5'"),
        (["add", "camera", "x" * 256, "--price", "1", "--stock", "1"], "productId is 'xxx"),
        (["add", "camera", "", "--price", "1", "--stock", "1"], "productId is ''"),
        (["restock", "laptop", "--by", "0"], "Invalid number of pieces '0'"),
        (["restock", "laptop", "--by", "-5"], "Invalid number of pieces '-5'"),
        (["restock", "unicorn", "--by", "5"], "not in the catalogue: unicorn"),
    ],
)
def test_an_invalid_request_is_refused_in_one_line_and_changes_nothing(arguments: list[str], told: str) -> None:
    before = world.rows("INVENTORY")
    ended = saga("product", *arguments)
    assert (ended.exit_code, ended.stdout, len(ended.stderr.splitlines())) == (2, "", 1)
    assert told in ended.stderr
    assert world.rows("INVENTORY") == before


def test_a_product_that_exists_does_not_change() -> None:
    before = world.product("laptop")
    ended = saga("product", "add", "laptop", "camera", "--price", "1", "--stock", "1")
    assert (ended.exit_code, ended.stderr) == (1, "saga: already in the catalogue, left unchanged: laptop\n")
    assert world.product("laptop") == before
    assert world.available("camera") == 1


def test_restocking_changes_what_is_available_and_what_was_stocked_together() -> None:
    steps.confirmed()  # two monitors
    restocked = answer("product", "restock", "monitor", "--by", "10")
    assert (restocked["available"], restocked["held"], restocked["stocked"]) == (108, 2, 110)
    assert violations(world.everything()) == []


@pytest.mark.parametrize("changes", [{"available": "many"}, {"stocked": None}, {"price": -1}])
def test_a_product_whose_row_is_malformed_is_not_restocked(changes: dict[str, object]) -> None:
    world.put("INVENTORY", {**world.product("laptop"), **changes})
    before = world.product("laptop")
    ended = saga("product", "restock", "laptop", "--by", "10")
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (2, 1)
    assert f"{next(iter(changes))} is " in ended.stderr
    assert world.product("laptop") == before


def between(stack: Stack, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Any], object]) -> None:
    """Let something happen between a command's read and its write, which it gets."""
    client = tables.client(stack.session)
    write = client.update_item

    def interrupted(**request: Any) -> Any:
        happens(partial(write, **request))
        return write(**request)

    monkeypatch.setattr(client, "update_item", interrupted)


def test_a_write_that_is_sent_again_because_its_answer_was_lost_adds_no_piece_twice(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    between(stack, monkeypatch, lambda write: write())
    ended = saga("product", "restock", "monitor", "--by", "10")
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (1, 1)
    assert "monitor: 100 pieces were stocked, now 110" in ended.stderr
    assert (world.product()["stocked"], world.available()) == (110, 110)


def test_somebody_elses_change_of_the_stock_is_told_and_kept(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {**world.product(), "stocked": 90, "available": 90}
    between(stack, monkeypatch, lambda _: world.put("INVENTORY", changed))
    ended = saga("product", "restock", "monitor", "--by", "10")
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (1, 1)
    assert "monitor: 100 pieces were stocked, now 90" in ended.stderr
    assert world.product() == changed


def test_an_order_at_the_same_time_does_not_keep_a_product_from_being_restocked(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    between(stack, monkeypatch, lambda _: steps.confirmed())  # two monitors
    restocked = answer("product", "restock", "monitor", "--by", "10")
    assert (restocked["available"], restocked["held"], restocked["stocked"]) == (108, 2, 110)


def test_a_stock_cannot_grow_beyond_what_can_be_read() -> None:
    ended = saga("product", "restock", "laptop", "--by", "999999999999")
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (1, 1)
    assert world.product("laptop")["stocked"] == world.STOCK


def test_the_list_has_every_product_and_what_is_wrong_with_a_malformed_row(stack: Stack) -> None:
    stack.session.client("dynamodb").update_item(
        TableName=stack.outputs["InventoryTable"],
        Key={"productId": {"S": "monitor"}},
        UpdateExpression="SET price = :price",
        ExpressionAttributeValues={":price": {"N": "349.99"}},
    )
    listed = answer("product", "list")
    assert [each["productId"] for each in listed] == sorted(world.PRICES)
    problem = "price is 349.99: expected a whole number from 0 to 999999999999"
    assert {"productId": "monitor", "problem": problem} in listed
    shown = saga("product", "list").stdout
    assert "1299.99" in shown
    assert problem in shown


def test_an_empty_catalogue_is_told() -> None:
    for product in world.PRICES:
        world.remove("INVENTORY", productId=product)
    assert saga("product", "list").stdout == "No products.\n"
