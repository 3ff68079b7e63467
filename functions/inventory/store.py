"""The stock, one row per product; more if it has shards."""

import os

from inventory import shards
from inventory.domain import InsufficientStock, Line, ProductGone
from sagakit.dynamodb import Item
from sagakit.errors import Overtaken
from sagakit.transaction import Action, Refusal, action


def take(line: Line) -> Action:
    """Return the action that takes the quantity out of a row; InsufficientStock if it has less and is the only one.

    Otherwise Overtaken: another order was faster, or the order was placed before its product had shards.
    """

    def refusal(product: Item | None) -> Exception:
        if product and "shards" in product:
            shards.learn(product)
        if product and not {"shards", "shardOf"}.isdisjoint(product):
            return Overtaken(f"{line.product_id} has less by now")
        left = product.get("available", 0) if product else 0
        return InsufficientStock(f"{line.product_id}: {line.quantity} wanted, {left} available")

    return _change(line, "SET #available = #available - :quantity", "#available >= :quantity", refusal)


def give_back(line: Line) -> Action:
    """Return the action that puts the quantity back; ProductGone if the product no longer exists."""
    gone = ProductGone(f"product {line.product_id} is gone")
    change, condition = "SET #available = #available + :quantity", "attribute_exists(#available)"
    return _change(line, change, condition, lambda _: gone)


def _change(line: Line, update: str, condition: str, refusal: Refusal) -> Action:
    table, key = os.environ["INVENTORY_TABLE"], {"productId": line.product_id}
    return action("Update", table, refusal, key=key, update=update, condition=condition, quantity=line.quantity)
