"""The products that a fresh stack is given."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from saga.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


@dataclass(frozen=True)
class Product:
    """`price` is in minor units, `stocked` is how many there are at first."""

    product_id: str
    name: str
    price: int
    stocked: int


CATALOGUE = (
    Product("laptop", "Laptop", 1299_99, 100),
    Product("monitor", "Monitor", 349_99, 100),
    Product("PROD-001", "Premium Laptop", 1299_99, 50),
    Product("PROD-002", "Wireless Headphones", 199_99, 100),
    Product("PROD-003", "Smartphone", 799_99, 25),
)


def seed(stack: Stack) -> int:
    """Adds the products that are not there yet, and says how many; the stock of the others stays as it is."""
    table = stack.session.resource("dynamodb").Table(stack.outputs["InventoryTable"])
    return sum(_add(table, product) for product in CATALOGUE)


def _add(table: "Table", product: Product) -> bool:
    amounts = {"price": product.price, "available": product.stocked, "stocked": product.stocked}
    try:
        table.put_item(
            Item={"productId": product.product_id, "name": product.name, **amounts},
            ConditionExpression="attribute_not_exists(productId)",
        )
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        return False
    return True
