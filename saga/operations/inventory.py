"""The catalogue and the stock."""

from saga.stack import tables
from saga.stack.products import Product
from saga.stack.stack import Stack


def products(stack: Stack) -> list[Product]:
    """Return all products, sorted by ID."""
    catalogue = map(Product.from_row, tables.everything(stack, "InventoryTable"))
    return sorted(catalogue, key=lambda product: product.product_id)
