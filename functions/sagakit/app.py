"""Entry points of the decisions on a saga, for every saga's state machine."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import decision
from sagakit.event import ID
from sagakit.observability import count, observed
from sagakit.saga import named


@observed
def confirm(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Confirm the saga. After this there is no way back."""
    confirmed = decision.confirm(event[ID])
    if not confirmed.repeated:
        count(named(confirmed.saga).called("{}sConfirmed"))
    return confirmed.summary


@observed
def cancel(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Decide that the saga is to be undone."""
    return decision.cancel(event[ID], decision.reason(event["error"])).summary


@observed
def fail(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """End the cancelled saga and say why it failed, or park it when something is not undone."""
    failed = decision.fail(event[ID], event["failures"])
    if not failed.repeated:
        count(named(failed.saga).called("{}sFailed"), reason=failed.detail["reason"])
    return {**failed.summary, **failed.detail}
