"""Lambda entry points of recovery: for broken executions, for an operator who resumes, and the sweeper for the rest."""

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import clock, parking
from sagakit.decision import Reason
from sagakit.dynamodb import Item
from sagakit.event import ID
from sagakit.observability import gauge, logger, observed
from sagakit.recovery import store
from sagakit.recovery.actions import recover_if_needed
from sagakit.relay.dispatch import dispatch

MIN_REMAINING = 10_000  # milliseconds that must remain to start on the next item
MAX_REASON = 255  # characters
DEADLINE_PASSED = Reason("DeadlinePassed", "it took too long")


@logger.inject_lambda_context(clear_state=True)
def recover(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Recover the saga of an execution that was aborted, timed out or failed."""
    broken = event["detail"]
    saga_id = json.loads(broken["input"])[ID]
    logger.set_correlation_id(saga_id)
    why = Reason(f"Execution{broken['status'].title().replace('_', '')}", broken.get("cause") or broken["name"])
    return {ID: saga_id, "move": recover_if_needed(saga_id, why)}


@observed
def resume(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Resume a parked saga for an operator; the event records the given `reason`."""
    why = {"by": "operator", "reason": str(event["reason"])[:MAX_REASON]}
    return parking.resume(event[ID], why).summary


@logger.inject_lambda_context(clear_state=True)
def sweep(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Dispatch the events that the relay left behind, and recover every overdue saga."""
    now = clock.now()
    relay_time = int(os.environ["UNDISPATCHED_AFTER_SECONDS"]) * 1000
    gauge("OldestUndispatchedEventAge", now - min(store.oldest_undispatched(), default=now))
    return {
        "dispatched": _each(store.undispatched(now - relay_time), _dispatch, context),
        "lookedAfter": _each(store.overdue(now), lambda saga_id: recover_if_needed(saga_id, DEADLINE_PASSED), context),
    }


def _each[T](found: Iterable[T], act: Callable[[T], object], context: LambdaContext) -> int:
    """Act on each item while there is time, and count the successes. A failure doesn't block the others."""
    done = 0
    for each in found:
        if context.get_remaining_time_in_millis() < MIN_REMAINING:
            logger.info("out of time; the next sweep continues")
            break
        try:
            act(each)
            done += 1
        except Exception:  # noqa: BLE001  no failure may block the others
            logger.exception("left for the next sweep", extra={"subject": each})
    return done


def _dispatch(key: Item) -> None:
    try:
        event = store.still_undispatched(key)
        if event:
            dispatch(event)
    except Exception:
        attempts = store.dispatch_failed(key)
        logger.warning("not dispatched", extra={ID: key[ID], "attempts": attempts})
        raise
