"""Entry points of the order steps: the pivot, the decision to cancel, and the end of a cancelled order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from order import decisions
from order.domain import reason
from shared.observability import count, observed

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
def confirm(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Confirm the order. After this there is no way back."""
    confirmed = decisions.confirm(event["orderId"])
    if not confirmed.repeated:
        count("OrdersConfirmed")
    return confirmed.summary


@observed
def cancel(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Decide that the order is to be undone."""
    return decisions.cancel(event["orderId"], reason(event["error"])).summary


@observed
def fail(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """End the cancelled order and say why it failed, or park it when something is not undone."""
    failed = decisions.fail(event["orderId"], event["failures"])
    if not failed.repeated:
        count("OrdersFailed", reason=failed.detail["reason"])
    return {**failed.summary, **failed.detail}
