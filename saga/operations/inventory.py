"""The catalogue and the stock."""

from saga import rows
from saga.products import Product
from saga.stack import Stack


def products(stack: Stack) -> list[Product]:
    """All products, by id: the catalogue is read as a whole, page by page."""
    pages = rows.client(stack.session).get_paginator("scan").paginate(TableName=stack.outputs["InventoryTable"])
    found = [Product.of_row(rows.plain(item)) for page in pages for item in page["Items"]]
    return sorted(found, key=lambda product: product.product_id)
