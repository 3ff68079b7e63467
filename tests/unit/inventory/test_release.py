"""Releasing stock. test_step_contract.py tests what all compensations have in common."""

import pytest

from tests.support import steps, world

pytestmark = pytest.mark.usefixtures("world")


def test_held_stock_is_put_back_and_recorded() -> None:
    order_id = steps.cancelling()
    assert world.available() == world.STOCK - 2
    assert steps.release(order_id) == {"orderId": order_id, "event": "InventoryReleased", "repeated": False}
    assert world.available() == world.STOCK
    assert world.detail(order_id, "InventoryReleased") == {"items": [{"productId": "monitor", "quantity": 2}]}


def test_a_deleted_product_is_a_defect_and_leaves_the_release_open() -> None:
    order_id = steps.cancelling()
    world.remove("INVENTORY", productId="monitor")
    with pytest.raises(LookupError, match="monitor is gone"):
        steps.release(order_id)
    assert "InventoryReleased" not in world.events(order_id)
