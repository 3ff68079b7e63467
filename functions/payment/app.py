"""Entry points of the payment steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency import idempotent

from payment import protocol
from shared.idempotency import step_config, step_persistence
from shared.observability import count, observed

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@observed
@idempotent(persistence_store=step_persistence, config=step_config, key_prefix="ProcessPayment")
def process(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Take the money. Undone by `refund`. The idempotency record keeps a twin away from the gateway meanwhile."""
    return protocol.charge(event["orderId"]).summary


@observed
def refund(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Undo `process`."""
    refunded = protocol.refund(event["orderId"])
    if not refunded.repeated:
        count("Compensations", step="RefundPayment")
    return refunded.summary
