"""Restocking returned items. test_step_contract.py tests what all steps have in common."""

import pytest

from inventory.domain import RESTOCK, ProductGone
from tests.support import steps, world

pytestmark = pytest.mark.usefixtures("world")


def refunded() -> str:
    """Return a piece of a confirmed order, up to its refund."""
    order_id = world.placed()
    for state in ("ReserveInventory", "ProcessPayment", "ConfirmOrder"):
        steps.call(state, order_id)
    return_id = world.returned(order_id)
    steps.call("RefundReturn", return_id)
    return return_id


def restock(return_id: str) -> str:
    return str(steps.call("RestockInventory", return_id)["event"])


def test_only_the_returned_items_are_put_back_and_recorded() -> None:
    return_id = refunded()
    assert world.available() == world.STOCK - 2
    assert restock(return_id) == "InventoryRestocked"
    assert world.available() == world.STOCK - 1
    assert world.detail(return_id, "InventoryRestocked") == {"items": [{"productId": "monitor", "quantity": 1}]}


def test_stock_of_a_product_that_is_gone_waits_for_an_operator_who_brings_it_back() -> None:
    return_id, product = refunded(), world.product()
    world.remove("INVENTORY", productId="monitor")
    with pytest.raises(ProductGone, match=r"^product monitor is gone$"):
        restock(return_id)
    assert ProductGone in RESTOCK.final
    world.put("INVENTORY", product)
    assert restock(return_id) == "InventoryRestocked"
    assert world.available() == world.STOCK - 1
