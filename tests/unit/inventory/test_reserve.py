"""Reserving: all of the order or nothing. What holds for every step stands in the contract of the steps."""

import pytest

from inventory.domain import InsufficientStock
from sagakit.errors import SagaCancelled
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")


def two_lines(first: int, second: int) -> str:
    """Place an order of monitors and laptops."""
    order_id = world.placed(quantity=first)
    laptops = {"productId": "laptop", "quantity": second}
    placed = next(row for row in world.rows("EVENTS") if row["orderId"] == order_id)
    items = [*placed["detail"]["items"], laptops]
    world.put("EVENTS", {**placed, "detail": {**placed["detail"], "items": items}})
    return order_id


def test_what_is_ordered_is_taken_off_the_shelf_and_told() -> None:
    order_id = world.placed(quantity=3)
    assert steps.reserve(order_id) == {"orderId": order_id, "event": "InventoryReserved", "repeated": False}
    assert world.available() == world.STOCK - 3
    assert world.detail(order_id, "InventoryReserved") == {"items": [{"productId": "monitor", "quantity": 3}]}


def test_every_line_is_taken() -> None:
    steps.reserve(two_lines(1, 2))
    assert (world.available("monitor"), world.available("laptop")) == (world.STOCK - 1, world.STOCK - 2)


def test_the_last_piece_can_be_had() -> None:
    steps.reserve(world.placed(quantity=world.STOCK))
    assert world.available() == 0


def test_an_order_for_more_than_there_is_takes_nothing_and_says_why() -> None:
    order_id = world.placed(quantity=world.STOCK + 1)
    with pytest.raises(InsufficientStock, match=r"^monitor: 101 wanted, 100 available$"):
        steps.reserve(order_id)
    assert world.available() == world.STOCK
    assert world.detail(order_id, "InventoryRejected") == {"cause": "monitor: 101 wanted, 100 available"}


def test_one_short_line_leaves_the_others_on_the_shelf() -> None:
    order_id = two_lines(1, world.STOCK + 1)
    with pytest.raises(InsufficientStock, match="laptop"):
        steps.reserve(order_id)
    assert (world.available("monitor"), world.available("laptop")) == (world.STOCK, world.STOCK)


def test_a_product_that_is_gone_from_the_catalogue_is_out_of_stock() -> None:
    order_id = world.placed()
    world.remove("INVENTORY", productId="monitor")
    with pytest.raises(InsufficientStock, match="2 wanted, 0 available"):
        steps.reserve(order_id)


@pytest.mark.parametrize("call", [1, 2], ids=["before the shelf was looked at", "before the refusal is recorded"])
def test_a_cancellation_comes_before_an_empty_shelf(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    order_id = world.placed(quantity=world.STOCK + 1)
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.cancel(order_id), call=call)
    with pytest.raises(SagaCancelled):
        steps.reserve(order_id)
    assert "InventoryRejected" not in world.events(order_id)
