"""Releasing: what is held and no more. What holds for every compensation stands in the contract of the steps."""

import pytest

from tests.support import steps, world

pytestmark = pytest.mark.usefixtures("world")


def test_what_was_held_is_put_back_and_told() -> None:
    order_id = steps.cancelling()
    assert world.available() == world.STOCK - 2
    assert steps.release(order_id) == {"orderId": order_id, "event": "InventoryReleased", "repeated": False}
    assert world.available() == world.STOCK
    assert world.detail(order_id, "InventoryReleased") == {"items": [{"productId": "monitor", "quantity": 2}]}


def test_a_product_that_is_gone_is_a_defect_and_not_forgotten() -> None:
    order_id = steps.cancelling()
    world.remove("INVENTORY", productId="monitor")
    with pytest.raises(LookupError, match="monitor is gone"):
        steps.release(order_id)
    assert "InventoryReleased" not in world.events(order_id)
