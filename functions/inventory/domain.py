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
    """A quantity of a product, or of a row of its stock. A saga has at most one line per product."""

    product_id: str
    quantity: int


def lines(detail: Mapping[str, Any]) -> tuple[Line, ...]:
    """Read the lines from an event's detail."""
    return tuple(Line(line["productId"], line["quantity"]) for line in detail["items"])


def taken(detail: Mapping[str, Any]) -> tuple[Line, ...]:
    """Read from which rows a reservation took its items: those of the products, unless it says so."""
    return tuple(Line(*row) for row in detail["takenFrom"].items()) if "takenFrom" in detail else lines(detail)


def detail(of: Sequence[Line]) -> dict[str, Any]:
    """Return the lines as an event's detail."""
    return {"items": [{"productId": line.product_id, "quantity": line.quantity} for line in of]}
