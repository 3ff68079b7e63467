"""Reserving stock: all of the order or nothing. test_step_contract.py tests what all steps have in common."""

import pytest

from inventory.domain import InsufficientStock
from sagakit.errors import SagaCancelled
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")


def two_lines(first: int, second: int) -> str:
    """Place an order of monitors and laptops."""
    order_id = world.placed(quantity=first)
    laptops = {"productId": "laptop", "quantity": second}
    placed = world.event_row(order_id)
    items = [*placed["detail"]["items"], laptops]
    world.put("EVENTS", {**placed, "detail": {**placed["detail"], "items": items}})
    return order_id


def test_ordered_items_are_taken_out_of_stock_and_recorded() -> None:
    order_id = world.placed(quantity=3)
    assert steps.reserve(order_id) == {"orderId": order_id, "event": "InventoryReserved", "repeated": False}
    assert world.available() == world.STOCK - 3
    assert world.detail(order_id, "InventoryReserved") == {"items": [{"productId": "monitor", "quantity": 3}]}


def test_every_line_is_reserved() -> None:
    steps.reserve(two_lines(1, 2))
    assert (world.available("monitor"), world.available("laptop")) == (world.STOCK - 1, world.STOCK - 2)


def test_the_last_item_can_be_reserved() -> None:
    steps.reserve(world.placed(quantity=world.STOCK))
    assert world.available() == 0


def test_an_order_for_more_than_is_in_stock_reserves_nothing_and_says_why() -> None:
    order_id = world.placed(quantity=world.STOCK + 1)
    with pytest.raises(InsufficientStock, match=r"^monitor: 101 wanted, 100 available$"):
        steps.reserve(order_id)
    assert world.available() == world.STOCK
    assert world.detail(order_id, "InventoryRejected") == {"cause": "monitor: 101 wanted, 100 available"}


def test_one_short_line_leaves_the_others_in_stock() -> None:
    order_id = two_lines(1, world.STOCK + 1)
    with pytest.raises(InsufficientStock, match="laptop"):
        steps.reserve(order_id)
    assert (world.available("monitor"), world.available("laptop")) == (world.STOCK, world.STOCK)


def test_a_deleted_product_is_out_of_stock() -> None:
    order_id = world.placed()
    world.remove("INVENTORY", productId="monitor")
    with pytest.raises(InsufficientStock, match="2 wanted, 0 available"):
        steps.reserve(order_id)


def test_a_product_whose_row_has_no_stock_is_out_of_stock() -> None:
    order_id, row = world.placed(), world.product()
    world.put("INVENTORY", {name: value for name, value in row.items() if name != "available"})
    with pytest.raises(InsufficientStock, match="2 wanted, 0 available"):
        steps.reserve(order_id)


@pytest.mark.parametrize("call", [1, 2], ids=["before the reservation", "before the refusal is recorded"])
def test_a_cancellation_takes_precedence_over_missing_stock(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    order_id = world.placed(quantity=world.STOCK + 1)
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.cancel(order_id), call=call)
    with pytest.raises(SagaCancelled):
        steps.reserve(order_id)
    assert "InventoryRejected" not in world.events(order_id)
