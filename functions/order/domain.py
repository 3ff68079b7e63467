"""The order: what it is made of, and what its row says."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

SAGA = "order"  # the name of its row in the table of sagas
ORDER_PLACED = "OrderPlaced"

IDS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:order-saga")
LARGEST_QUANTITY = 1000  # pieces of a product


@dataclass(frozen=True)
class Line:
    """So many pieces of a product, at a price in minor units. `position` is the line's in the request, for errors."""

    product_id: str
    quantity: int
    unit_price: int
    position: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Order:
    """An order as the customer means it; at most one line for a product."""

    customer_id: str
    lines: tuple[Line, ...]
    payment_token: str

    @property
    def total(self) -> int:
        """What the order costs, in minor units."""
        return sum(line.quantity * line.unit_price for line in self.lines)

    @property
    def fingerprint(self) -> str:
        """Hash of the order: the same order again has the same."""
        lines = [(line.product_id, line.quantity, line.unit_price) for line in self.lines]
        canonical = json.dumps([self.customer_id, lines, self.payment_token])
        return hashlib.sha256(canonical.encode()).hexdigest()


def order_id(stage: str, customer_id: str, key: str) -> str:
    """Derive the order's id from the idempotency key: the same key of a customer is the same order, for ever."""
    name = json.dumps([stage, customer_id, "POST /orders", key])
    return str(uuid.uuid5(IDS, name))


def merged(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Merge the lines of one product: a transaction touches an item only once.

    Raises:
        ValueError: a product has two prices, or too many pieces.
    """
    by_product: dict[str, Line] = {}
    for line in lines:
        known = by_product.get(line.product_id)
        by_product[line.product_id] = _sum(known, line) if known else line
    return tuple(by_product.values())


def _sum(one: Line, other: Line) -> Line:
    if one.unit_price != other.unit_price:
        raise ValueError(f"{one.product_id} has two prices")
    if one.quantity + other.quantity > LARGEST_QUANTITY:
        raise ValueError(f"{one.product_id}: more than {LARGEST_QUANTITY} pieces")
    return replace(one, quantity=one.quantity + other.quantity)
