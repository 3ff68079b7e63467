"""The catalogue and the stock."""

from dataclasses import dataclass
from typing import Any

from saga import rows
from saga.money import major
from saga.stack import Stack


@dataclass(frozen=True)
class Product:
    """`price` in minor units; `available` + `held` = `stocked`, where `held` is what orders took."""

    product_id: str
    name: str
    price: int
    available: int
    stocked: int

    @property
    def held(self) -> int:
        """Pieces that live and confirmed orders hold."""
        return self.stocked - self.available

    @property
    def json(self) -> dict[str, Any]:
        """For programs: money in major units."""
        return {
            "productId": self.product_id,
            "name": self.name,
            "price": major(self.price),
            "available": self.available,
            "stocked": self.stocked,
            "held": self.held,
        }


def products(stack: Stack) -> list[Product]:
    """All products, by id: the catalogue is read as a whole, page by page."""
    pages = rows.client(stack.session).get_paginator("scan").paginate(TableName=stack.outputs["InventoryTable"])
    found = [_of_row(rows.plain(item)) for page in pages for item in page["Items"]]
    return sorted(found, key=lambda product: product.product_id)


def _of_row(row: rows.Item) -> Product:
    return Product(row["productId"], row["name"], row["price"], row["available"], row["stocked"])
