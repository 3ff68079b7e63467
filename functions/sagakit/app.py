"""Lambda entry points that every saga's state machine shares: confirm, cancel and fail."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import decision
from sagakit.event import ID
from sagakit.observability import count, observed
from sagakit.saga import named


@observed
def confirm(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Confirm the saga. This is the pivot: nothing is undone after it."""
    confirmed = decision.confirm(event[ID])
    if not confirmed.repeated:
        count(named(confirmed.saga).name_for("{}sConfirmed"))
    return confirmed.summary


@observed
def cancel(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Decide to undo the saga."""
    return decision.cancel(event[ID], decision.reason(event["error"])).summary


@observed
def fail(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """End a cancelled saga with the reason it failed, or park it if a compensation is missing."""
    failed = decision.fail(event[ID], event["failures"])
    if not failed.repeated:
        count(named(failed.saga).name_for("{}sFailed"), reason=failed.detail["reason"])
    return {**failed.summary, **failed.detail}
