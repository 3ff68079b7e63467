"""The products in the inventory table. No other module of the command knows the attributes of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from saga.stack import tables
from saga.stack.stack import Stack
from saga.text.money import Minor

# Adds pieces to a product, or creates it.
ADD: Any = {
    "UpdateExpression": "SET #name = :name, price = :price ADD available :pieces, stocked :pieces",
    "ExpressionAttributeNames": {"#name": "name"},
}


@dataclass(frozen=True)
class Product:
    """A product in the catalogue, with its stock: `available` + `held` = `stocked`."""

    product_id: str
    name: str
    price: Minor
    available: int
    stocked: int

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Read a row."""
        return cls(row["productId"], row["name"], Minor(row["price"]), row["available"], row["stocked"])

    @property
    def row(self) -> dict[str, Any]:
        """The row in the table."""
        numbers = {"price": self.price, "available": self.available, "stocked": self.stocked}
        return {"productId": self.product_id, "name": self.name, **numbers}

    @property
    def held(self) -> int:
        """Pieces held by live and confirmed orders."""
        return self.stocked - self.available


def products(stack: Stack) -> list[Product]:
    """Return all products, sorted by ID."""
    catalogue = map(Product.from_row, tables.everything(stack, "InventoryTable"))
    return sorted(catalogue, key=lambda product: product.product_id)
