"""A product as the catalogue has it. People write these rows, so they are read strictly: no guess is ever sold.

No other module knows their attributes. The command `saga` is installed with this one, so it imports nothing of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

LONGEST_ID = 255  # characters, as in an order
LARGEST = 10**12 - 1  # minor units or pieces; a price in an order has at most twelve digits
SHARD_LIMITS = 2, 16  # rows that a product's stock may be spread over, at least and at most
ATTRIBUTES = ("productId", "name", "price", "available", "stocked", "shards", "shardOf")

_SHOWN = 40  # characters of a wrong value


class MalformedRow(ValueError):
    """The row is not a product. The message names the attribute and its value."""


@dataclass(frozen=True)
class Product:
    """A product, with its price in minor units and its stock: `available` + `held` = `stocked`.

    A product with `shards` has as many rows more, each with a part of what is available. `from_row` knows only its own.
    """

    product_id: str
    name: str
    price: int
    available: int
    stocked: int
    shards: int = 0

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Read a row whose numbers are not rounded yet: int, or Decimal.

        Raises:
            MalformedRow: an attribute is missing, or is not what it must be.
        """
        price, available, stocked = (_whole(row, name) for name in ("price", "available", "stocked"))
        shards = _whole(row, "shards", *SHARD_LIMITS) if "shards" in row else 0
        return cls(_id(row, "productId"), _name(row), price, available, stocked, shards)

    @property
    def row(self) -> dict[str, Any]:
        """The row in the table."""
        values = (self.product_id, self.name, self.price, self.available, self.stocked, self.shards)
        return {name: value for name, value in zip(ATTRIBUTES, values, strict=False) if value or name != "shards"}

    @property
    def held(self) -> int:
        """Pieces held by live and confirmed orders."""
        return self.stocked - self.available


@dataclass(frozen=True)
class Shard:
    """A row with a part of a product's stock, so that orders for the product do not all write the same row."""

    shard_id: str
    product_id: str
    available: int

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Read a row with `shardOf`, as `Product.from_row` does."""
        product_id = _id(row, "shardOf")
        if row.get("productId") not in stock_rows(product_id, SHARD_LIMITS[1])[1:]:
            raise _malformed(row, "productId", f"a shard of {product_id}")
        return cls(row["productId"], product_id, _whole(row, "available"))


def stock_rows(product_id: str, shards: int) -> list[str]:
    """Return the IDs of the rows that a product's stock is in: its own, and its shards."""
    return [product_id, *(f"{product_id}#shard-{number}" for number in range(1, shards + 1))]


def _whole(row: Mapping[str, Any], name: str, least: int = 0, most: int = LARGEST) -> int:
    match row.get(name):
        case bool():  # which Python takes for a number
            pass
        case int() | Decimal() as value if value == int(value) and least <= value <= most:
            return int(value)
    raise _malformed(row, name, f"a whole number from {least} to {most}")


def _id(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if isinstance(value, str) and 0 < len(value) <= LONGEST_ID:
        return value
    raise _malformed(row, name, f"1 to {LONGEST_ID} characters")


def _name(row: Mapping[str, Any]) -> str:
    value = row.get("name", "")
    if isinstance(value, str):
        return value
    raise _malformed(row, "name", "text")


def _malformed(row: Mapping[str, Any], name: str, expected: str) -> MalformedRow:
    if name not in row:
        return MalformedRow(f"{name} is missing: expected {expected}")
    value = row[name]
    shown = str(value) if isinstance(value, Decimal) else repr(value)
    return MalformedRow(f"{name} is {shown[:_SHOWN]}: expected {expected}")
