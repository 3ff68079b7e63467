"""The products that a fresh stack is given."""

from typing import TYPE_CHECKING

from saga.products import Product
from saga.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def _new(product_id: str, name: str, price: int, stocked: int) -> Product:
    return Product(product_id, name, price, available=stocked, stocked=stocked)


CATALOGUE = (
    _new("laptop", "Laptop", 1299_99, 100),
    _new("monitor", "Monitor", 349_99, 100),
    _new("PROD-001", "Premium Laptop", 1299_99, 50),
    _new("PROD-002", "Wireless Headphones", 199_99, 100),
    _new("PROD-003", "Smartphone", 799_99, 25),
)


def seed(stack: Stack) -> int:
    """Adds the products that are not there yet, and says how many; the stock of the others stays as it is."""
    table = stack.session.resource("dynamodb").Table(stack.outputs["InventoryTable"])
    return sum(_add(table, product) for product in CATALOGUE)


def _add(table: "Table", product: Product) -> bool:
    try:
        table.put_item(Item=product.row, ConditionExpression="attribute_not_exists(productId)")
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        return False
    return True
