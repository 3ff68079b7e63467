"""The products that a new stack gets."""

from saga.stack import products
from saga.stack.products import Product
from saga.stack.stack import Stack

_PRODUCTS = (  # ID, name, price in minor units, pieces
    ("laptop", "Laptop", 1299_99, 100),
    ("monitor", "Monitor", 349_99, 100),
    ("PROD-001", "Premium Laptop", 1299_99, 50),
    ("PROD-002", "Wireless Headphones", 199_99, 100),
    ("PROD-003", "Smartphone", 799_99, 25),
)
CATALOGUE = [Product(product, name, price, pieces, pieces) for product, name, price, pieces in _PRODUCTS]


def seed(stack: Stack) -> int:
    """Add the products that are missing and return how many. The stock of the others doesn't change."""
    return len(products.add(stack, CATALOGUE))
