"""What inventory knows of a saga: its steps, and which products it holds, how many of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagakit.errors import BusinessError
from sagakit.step import Compensation, Step


class InsufficientStock(BusinessError):
    """The shelf does not hold what was ordered."""


RESERVE = Step("ReserveInventory", event="InventoryReserved", refusals={InsufficientStock: "InventoryRejected"})
RELEASE = Compensation("ReleaseInventory", event="InventoryReleased", undoes=RESERVE)


@dataclass(frozen=True)
class Line:
    """So many pieces of a product. A saga has at most one line for a product."""

    product_id: str
    quantity: int


def lines(detail: Mapping[str, Any]) -> tuple[Line, ...]:
    """Read the lines from the detail of an event."""
    return tuple(Line(line["productId"], line["quantity"]) for line in detail["items"])


def detail(of: Sequence[Line]) -> dict[str, Any]:
    """Write the lines as the detail of an event."""
    return {"items": [{"productId": line.product_id, "quantity": line.quantity} for line in of]}
