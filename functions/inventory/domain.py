"""What inventory knows of an order: which products, how many of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESERVED = "InventoryReserved"
REJECTED = "InventoryRejected"
RELEASED = "InventoryReleased"


@dataclass(frozen=True)
class Line:
    """So many pieces of a product. An order has at most one line for a product."""

    product_id: str
    quantity: int


def lines(detail: Mapping[str, Any]) -> tuple[Line, ...]:
    """Read the lines from the detail of an event."""
    return tuple(Line(line["productId"], line["quantity"]) for line in detail["items"])


def detail(of: Sequence[Line]) -> dict[str, Any]:
    """Write the lines as the detail of an event."""
    return {"items": [{"productId": line.product_id, "quantity": line.quantity} for line in of]}
