"""The products that a new stack gets."""

from contextlib import suppress

from saga.stack.products import Product
from saga.stack.stack import Stack
from saga.text.money import Minor

_PRODUCTS = (  # ID, name, price in minor units, pieces
    ("laptop", "Laptop", 1299_99, 100),
    ("monitor", "Monitor", 349_99, 100),
    ("PROD-001", "Premium Laptop", 1299_99, 50),
    ("PROD-002", "Wireless Headphones", 199_99, 100),
    ("PROD-003", "Smartphone", 799_99, 25),
)
CATALOGUE = [Product(product, name, Minor(price), pieces, pieces) for product, name, price, pieces in _PRODUCTS]


def seed(stack: Stack) -> int:
    """Add the products that are missing and return how many. The stock of the others doesn't change."""
    table, added = stack.session.resource("dynamodb").Table(stack.outputs["InventoryTable"]), 0
    for product in CATALOGUE:
        with suppress(table.meta.client.exceptions.ConditionalCheckFailedException):
            table.put_item(Item=product.row, ConditionExpression="attribute_not_exists(productId)")
            added += 1
    return added
