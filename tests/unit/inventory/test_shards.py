"""Reserving and releasing stock that is spread over shards."""

import random

import pytest

from inventory import domain, shards
from inventory.domain import InsufficientStock
from product import stock_rows
from sagakit import dynamodb
from sagakit.errors import TransientError
from tests.support import http, meanwhile, steps, world
from tests.support.asl import Json

pytestmark = pytest.mark.usefixtures("world")

OWN, ONE, TWO, THREE = stock_rows("monitor", 3)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know of no shards yet, as a new function instance, and choose the first of several."""
    monkeypatch.setattr(shards, "_known", {})
    monkeypatch.setattr(random, "choice", lambda options: options[0])


def stock(own: int, *levels: int) -> None:
    """Spread the stock of monitors over its own row and its shards."""
    world.put("INVENTORY", {**world.product(), "available": own, "shards": len(levels)})
    for row, available in zip(stock_rows("monitor", len(levels))[1:], levels, strict=True):
        world.put("INVENTORY", {"productId": row, "shardOf": "monitor", "available": available})


def levels(number: int = 3) -> list[int]:
    return [world.available(row) for row in stock_rows("monitor", number)]


def taken(order_id: str) -> dict[str, int]:
    return {row.product_id: row.quantity for row in domain.taken(world.detail(order_id, "InventoryReserved"))}


@pytest.mark.parametrize(
    ("before", "quantity", "rows"),
    [
        ((9, 1, 3, 2), 2, {TWO: 2}),  # any shard that has enough
        ((9, 1, 1, 1), 2, {OWN: 2}),  # its own row before several
        ((1, 0, 3, 2), 6, {TWO: 3, THREE: 2, OWN: 1}),  # the fullest first
    ],
)
def test_as_few_rows_as_possible_are_taken_from_and_get_back_what_they_gave(
    before: tuple[int, ...], quantity: int, rows: dict[str, int]
) -> None:
    stock(*before)
    order_id = world.placed(quantity=quantity)
    steps.reserve(order_id)
    assert taken(order_id) == rows
    assert world.detail(order_id, "InventoryReserved")["items"] == [{"productId": "monitor", "quantity": quantity}]
    assert sum(levels()) == sum(before) - quantity
    steps.cancel(order_id)
    steps.release(order_id)
    assert levels() == [*before]


def test_only_if_all_rows_together_have_too_little_there_is_not_enough() -> None:
    stock(1, 1, 1, 1)
    order_id = world.placed(quantity=5)
    with pytest.raises(InsufficientStock, match=r"^monitor: 5 wanted, 4 available$"):
        steps.reserve(order_id)
    assert levels() == [1, 1, 1, 1]
    assert "InventoryRejected" in world.events(order_id)


def test_an_order_that_loses_a_race_for_a_shard_takes_from_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    stock(0, 2, 2, 0)
    order_id = world.placed(quantity=2)
    meanwhile.before(monkeypatch, "transact_write_items", lambda: stock(0, 1, 2, 0))
    steps.reserve(order_id)
    assert (taken(order_id), levels()) == ({TWO: 2}, [0, 1, 0, 0])


def test_pieces_that_move_while_the_rows_are_read_are_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    stock(0, 0, 0, 0)  # as the first read has it
    order_id = world.placed(quantity=2)
    meanwhile.before(monkeypatch, "transact_get_items", lambda: stock(0, 0, 2, 0))
    steps.reserve(order_id)
    assert taken(order_id) == {TWO: 2}


def test_a_snapshot_that_meets_a_write_is_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stock(0, 1, 0, 0)
    real, met = dynamodb.client.transact_get_items, [True]

    def meets(**request: Json) -> Json:
        if met and met.pop():
            error: Json = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
            raise dynamodb.client.exceptions.TransactionCanceledException(error, "TransactGetItems")
        return real(**request)

    monkeypatch.setattr(dynamodb.client, "transact_get_items", meets)
    with pytest.raises(InsufficientStock):
        steps.reserve(world.placed(quantity=2))
    assert not met


@pytest.mark.parametrize("before", [None, (0, 0, 0)], ids=["its product had no shards", "its product had fewer"])
def test_an_order_that_was_placed_before_all_shards_were_added_finds_them(before: tuple[int, ...] | None) -> None:
    if before:
        stock(*before)
    order_id = world.placed(quantity=2)
    stock(1, 0, 0, 2)
    steps.reserve(order_id)
    assert (taken(order_id), levels()) == ({THREE: 2}, [1, 0, 0, 0])


def test_stock_in_more_rows_than_a_transaction_has_actions_waits_until_it_is_levelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shards, "MOST_ROWS", 2)
    stock(0, 1, 1, 1)
    order_id = world.placed(quantity=3)
    with pytest.raises(TransientError, match="saga product shard"):
        steps.reserve(order_id)
    assert "InventoryRejected" not in world.events(order_id)


def test_returned_items_go_to_the_products_own_row() -> None:
    stock(0, 2, 0, 0)
    order_id = world.placed()
    for state in ("ReserveInventory", "ProcessPayment", "ConfirmOrder"):
        steps.call(state, order_id)
    return_id = world.returned(order_id)
    for state in ("RefundReturn", "RestockInventory"):
        steps.call(state, return_id)
    assert levels() == [1, 0, 0, 0]


def test_an_order_says_how_many_shards_its_products_have_but_clients_do_not_see_them() -> None:
    stock(0, 5, 5, 5)
    order_id = world.placed()
    assert world.detail(order_id, "OrderPlaced")["shards"] == {"monitor": 3}
    steps.reserve(order_id)
    shown = http.get(f"/orders/{order_id}/events").body["events"]
    assert [{*each["detail"]} for each in shown] == [{"items", "totalAmount"}, {"items"}]


def test_a_shard_is_no_product() -> None:
    stock(0, 5, 5)
    answer = http.post({**http.ORDER, "items": [{"productId": ONE, "quantity": 1, "price": 0}]})
    assert (answer.status, answer.body["errors"][0]["message"]) == (422, "there is no such product")
