"""Releasing stock. test_step_contract.py tests what all compensations have in common."""

import pytest

from inventory.domain import RELEASE, ProductGone
from tests.support import steps, world

pytestmark = pytest.mark.usefixtures("world")


def test_held_stock_is_put_back_and_recorded() -> None:
    order_id = steps.cancelling()
    assert world.available() == world.STOCK - 2
    assert steps.release(order_id) == {"orderId": order_id, "event": "InventoryReleased", "repeated": False}
    assert world.available() == world.STOCK
    assert world.detail(order_id, "InventoryReleased") == {"items": [{"productId": "monitor", "quantity": 2}]}


def test_stock_of_a_deleted_product_cannot_be_returned_and_waiting_does_not_help() -> None:
    order_id = steps.cancelling()
    world.remove("INVENTORY", productId="monitor")
    for _ in range(2):
        with pytest.raises(ProductGone, match=r"^product monitor is gone$"):
            steps.release(order_id)
    assert "InventoryReleased" not in world.events(order_id)
    assert ProductGone in RELEASE.final


def test_stock_of_a_product_that_is_back_is_returned() -> None:
    order_id = steps.cancelling()
    product = world.product()
    world.remove("INVENTORY", productId="monitor")
    assert steps.outcome(steps.release, order_id) == "ProductGone"
    world.put("INVENTORY", product)
    assert steps.outcome(steps.release, order_id) == "InventoryReleased"
    assert world.available() == world.STOCK
