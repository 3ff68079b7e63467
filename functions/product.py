"""A product as the catalogue has it. People write these rows, so they are read strictly: no guess is ever sold.

No other module knows their attributes. The command `saga` is installed with this one, so it imports nothing of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

LONGEST_ID = 255  # characters, as in an order
LARGEST = 10**12 - 1  # minor units or pieces; a price in an order has at most twelve digits
ATTRIBUTES = ("productId", "name", "price", "available", "stocked")

_SHOWN = 40  # characters of a wrong value


class MalformedRow(ValueError):
    """The row is not a product. The message names the attribute and its value."""


@dataclass(frozen=True)
class Product:
    """A product, with its price in minor units and its stock: `available` + `held` = `stocked`."""

    product_id: str
    name: str
    price: int
    available: int
    stocked: int

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Read a row whose numbers are not rounded yet: int, or Decimal.

        Raises:
            MalformedRow: an attribute is missing, or is not what it must be.
        """
        price, available, stocked = (_whole(row, name) for name in ("price", "available", "stocked"))
        return cls(_id(row), _name(row), price, available, stocked)

    @property
    def row(self) -> dict[str, Any]:
        """The row in the table."""
        values = (self.product_id, self.name, self.price, self.available, self.stocked)
        return dict(zip(ATTRIBUTES, values, strict=True))

    @property
    def held(self) -> int:
        """Pieces held by live and confirmed orders."""
        return self.stocked - self.available


def _whole(row: Mapping[str, Any], name: str) -> int:
    match row.get(name):
        case bool():  # which Python takes for a number
            pass
        case int() | Decimal() as value if value == int(value) and 0 <= value <= LARGEST:
            return int(value)
    raise _malformed(row, name, f"a whole number from 0 to {LARGEST}")


def _id(row: Mapping[str, Any]) -> str:
    value = row.get("productId")
    if isinstance(value, str) and 0 < len(value) <= LONGEST_ID:
        return value
    raise _malformed(row, "productId", f"1 to {LONGEST_ID} characters")


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
