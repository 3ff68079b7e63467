"""Inventory's steps of a saga, and the quantities that they reserve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagakit.errors import BusinessError
from sagakit.step import Compensation, Step


class InsufficientStock(BusinessError):
    """There is not enough stock for the order."""

    says = "There is not enough stock."


class ProductGone(BusinessError):
    """The product is no longer in the catalogue, so its stock cannot be returned."""


RESERVE = Step("ReserveInventory", event="InventoryReserved", refusals={InsufficientStock: "InventoryRejected"})
RESTOCK = Step("RestockInventory", event="InventoryRestocked", final=(ProductGone,))
RELEASE = Compensation("ReleaseInventory", event="InventoryReleased", undoes=RESERVE, final=(ProductGone,))


@dataclass(frozen=True)
class Line:
    """A quantity of a product. A saga has at most one line per product."""

    product_id: str
    quantity: int


def lines(detail: Mapping[str, Any]) -> tuple[Line, ...]:
    """Read the lines from an event's detail."""
    return tuple(Line(line["productId"], line["quantity"]) for line in detail["items"])


def detail(of: Sequence[Line]) -> dict[str, Any]:
    """Return the lines as an event's detail."""
    return {"items": [{"productId": line.product_id, "quantity": line.quantity} for line in of]}
