"""An order and its lines."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

SAGA, TRANSACTION, RETURN = "order", "transaction", "return"  # the kinds of sagas that clients start, as rows name them

MAX_QUANTITY = 1000  # of one product


@dataclass(frozen=True)
class Line:
    """A quantity of a product, at a price in minor units. `field` is where the request has it, for errors."""

    product_id: str
    quantity: int
    unit_price: int
    field: str = dataclasses.field(default="", compare=False)


class LineConflict(ValueError):
    """A line contradicts an earlier line of the same product."""

    def __init__(self, line: Line, message: str) -> None:
        super().__init__(message)
        self.field = line.field


@dataclass(frozen=True)
class Order:
    """An order as the customer placed it, with at most one line per product, and the `shards` of its products."""

    customer_id: str
    lines: tuple[Line, ...]
    payment_token: str
    shards: Mapping[str, int] = dataclasses.field(default_factory=dict, compare=False)

    @property
    def total(self) -> int:
        """The price of the order, in minor units."""
        return sum(line.quantity * line.unit_price for line in self.lines)

    @property
    def fingerprint(self) -> str:
        """Hash of the order's content: orders have the same fingerprint if they differ only in the order of lines."""
        lines = sorted((line.product_id, line.quantity, line.unit_price) for line in self.lines)
        canonical = json.dumps([self.customer_id, lines, self.payment_token])
        return hashlib.sha256(canonical.encode()).hexdigest()


def merged(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Merge the lines of each product, because a transaction may touch an item only once.

    Raises:
        LineConflict: a product has two prices, or its total quantity is too large.
    """
    by_product: dict[str, Line] = {}
    for line in lines:
        earlier = by_product.get(line.product_id)
        by_product[line.product_id] = _sum(earlier, line) if earlier else line
    return tuple(by_product.values())


def _sum(one: Line, other: Line) -> Line:
    if one.unit_price != other.unit_price:
        raise LineConflict(other, "an earlier line has another price for this product")
    if one.quantity + other.quantity > MAX_QUANTITY:
        raise LineConflict(other, f"more than {MAX_QUANTITY} pieces of this product, with the earlier lines")
    return replace(one, quantity=one.quantity + other.quantity)
