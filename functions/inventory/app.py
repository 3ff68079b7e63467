"""Entry points of the inventory steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory import store
from shared.observability import count, observed

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def reserve(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Hold the stock that the order wants. Undone by `release`."""
    return store.reserve(event["orderId"]).summary


@observed
def release(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Undo `reserve`."""
    released = store.release(event["orderId"])
    if not released.repeated:
        count("Compensations", step="ReleaseInventory")
    return released.summary
