"""Seeding the catalogue."""

import pytest

from saga.local.catalogue import CATALOGUE, seed
from saga.stack.stack import Stack
from tests.support import world


@pytest.fixture(autouse=True)
def empty_shelf(stack: Stack) -> None:  # noqa: ARG001
    for product in world.PRICES:
        world.remove("INVENTORY", productId=product)


def test_products_have_their_price_in_minor_units_and_their_full_stock(stack: Stack) -> None:
    assert seed(stack) == len(CATALOGUE) == len(world.rows("INVENTORY"))
    headphones = {"productId": "PROD-002", "name": "Wireless Headphones", "price": 19999}
    assert {**headphones, "available": 100, "stocked": 100} in world.rows("INVENTORY")


def test_seeding_again_does_not_change_the_stock(stack: Stack) -> None:
    seed(stack)
    laptop = next(row for row in world.rows("INVENTORY") if row["productId"] == "laptop")
    world.put("INVENTORY", {**laptop, "available": 7})
    assert seed(stack) == 0
    assert world.available("laptop") == 7
