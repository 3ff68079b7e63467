"""Lambda entry points of recovery: broken executions, sagas that somebody resumes or that are due, and metrics."""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import clock, resuming, sweeping, tables
from sagakit.event import ID
from sagakit.observability import gauge, logger, observed
from sagakit.reason import caught
from sagakit.recovery.actions import recover_if_needed
from sagakit.relay import outbox

MAX_REASON = 255  # characters


@logger.inject_lambda_context(clear_state=True)
def recover(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Recover the saga of an execution that was aborted, timed out or failed."""
    broken = event["detail"]
    saga_id = json.loads(broken["input"])[ID]
    logger.set_correlation_id(saga_id)
    error = f"Execution{broken['status'].title().replace('_', '')}"
    why = caught({"Error": error, "Cause": broken.get("cause") or broken["name"]})
    return {ID: saga_id, "move": recover_if_needed(saga_id, why, broken["status"])}


@observed
def resume(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Resume a saga that is paused or parked; its event records the given `reason`."""
    return resuming.resume(event[ID], str(event["reason"])[:MAX_REASON]).summary


@logger.inject_lambda_context(clear_state=True)
def sweep(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Recover every saga that is due, the longest overdue first; with `part`, only those in a part of the shards."""
    found = sweeping.before(tables.sagas(), "open", "dueAt", clock.now(), event.get("part"))
    return {"lookedAfter": sweeping.each((row[ID] for row in found), recover_if_needed, context)}


@logger.inject_lambda_context(clear_state=True)
def report(_event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Publish how far the sweepers are behind, in milliseconds: both are 0 if nothing waits for them."""
    now = clock.now()
    undispatched = now - (outbox.oldest() or now)
    overdue = max(0, now - (sweeping.oldest(tables.sagas(), "open", "dueAt") or now))
    gauge("OldestUndispatchedEventAge", undispatched)
    gauge("OldestOverdueAge", overdue)
    return {"undispatched": undispatched, "overdue": overdue}
