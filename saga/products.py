"""A product's row in the inventory table: the only module of the command that knows its attributes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from saga.money import major

# A product that is there gets these pieces; one that is not is made.
ADD: Any = {
    "UpdateExpression": "SET #name = :name, price = :price ADD available :pieces, stocked :pieces",
    "ExpressionAttributeNames": {"#name": "name"},
}


@dataclass(frozen=True)
class Product:
    """`price` in minor units; `available` + `held` = `stocked`, where `held` is what orders took."""

    product_id: str
    name: str
    price: int
    available: int
    stocked: int

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """Reads a row. Raises KeyError where an attribute is missing."""
        return cls(row["productId"], row["name"], row["price"], row["available"], row["stocked"])

    @property
    def row(self) -> dict[str, Any]:
        """The row as the table has it."""
        numbers = {"price": self.price, "available": self.available, "stocked": self.stocked}
        return {"productId": self.product_id, "name": self.name, **numbers}

    @property
    def held(self) -> int:
        """Pieces that live and confirmed orders hold."""
        return self.stocked - self.available

    @property
    def json(self) -> dict[str, Any]:
        """For programs: money in major units."""
        return {**self.row, "price": major(self.price), "held": self.held}
