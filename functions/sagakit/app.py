"""Lambda entry points that every saga's state machine shares: confirm, pause, cancel and fail."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import decision
from sagakit.event import ID
from sagakit.observability import observed
from sagakit.reason import caught, public
from sagakit.saga import named


@observed
def confirm(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Confirm the saga. This is the pivot: nothing is undone after it."""
    return decision.confirm(event[ID]).summary


@observed
def pause(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Pause the saga, because `state` has failed for a reason that may pass. If it may not, park the saga."""
    decision.wait(event[ID], event["state"], caught(event["error"]))
    return {ID: event[ID], "state": event["state"]}


@observed
def cancel(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Decide to undo the saga."""
    return decision.cancel(event[ID], caught(event["error"])).summary


@observed
def fail(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """End a cancelled saga with the reason it failed; if a compensation is missing, pause or park it."""
    failures = {state: caught(error) for state, error in event["failures"].items()}
    failed = decision.fail(event[ID], failures)
    reason = failed.detail["reason"]
    return {**failed.summary, "reason": reason, "message": public(named(failed.saga), reason)["message"]}
