"""Entry points of recovery: EventBridge tells of broken executions, a person resumes, a clock finds the rest."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from order import parking
from order.domain import Reason
from outbox import store as outbox
from outbox.dispatch import dispatch
from recovery import store
from recovery.moves import look_after
from shared import clock, door
from shared.observability import gauge, logger, observed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from shared.dynamodb import Item

RESERVE = 10_000  # milliseconds that must remain to begin with another order
LONGEST_REASON = 255  # characters
DEADLINE_PASSED = Reason("DeadlinePassed", "the order took too long")


@logger.inject_lambda_context(clear_state=True)
def recover(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Look after the order of an execution that was aborted, timed out or failed."""
    broken = event["detail"]
    order_id = json.loads(broken["input"])["orderId"]
    logger.set_correlation_id(order_id)
    why = Reason(f"Execution{broken['status'].title().replace('_', '')}", broken.get("cause") or broken["name"])
    return {"orderId": order_id, "move": look_after(order_id, why)}


@observed
def resume(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Take a parked order up again because a person says so, and why: `reason` becomes part of the event."""
    order_id = event["orderId"]
    why = {"by": "operator", "reason": str(event["reason"])[:LONGEST_REASON]}
    return parking.resume(door.read(order_id), outbox.history(order_id), why).summary


@logger.inject_lambda_context(clear_state=True)
def sweep(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Dispatch what the relay left behind, and look after every order that is overdue. Enough by itself."""
    now = clock.now()
    settled = now - int(os.environ["UNDISPATCHED_AFTER_SECONDS"]) * 1000
    gauge("OldestUndispatchedEventAge", now - min(store.oldest_undispatched(), default=now))
    return {
        "dispatched": _each(store.undispatched(settled), _dispatch, context),
        "lookedAfter": _each(store.overdue(now), lambda order_id: look_after(order_id, DEADLINE_PASSED), context),
    }


def _each[T](found: Iterable[T], act: Callable[[T], object], context: LambdaContext) -> int:
    """Act on one after the other while there is time; one that fails holds up no other. Gives how many went well."""
    done = 0
    for each in found:
        if context.get_remaining_time_in_millis() < RESERVE:
            logger.info("out of time; the rest comes with the next sweep")
            break
        try:
            act(each)
            done += 1
        except Exception:  # noqa: BLE001  whatever it is, the next one must not suffer from it
            logger.exception("left for the next sweep", extra={"subject": each})
    return done


def _dispatch(key: Item) -> None:
    try:
        event = store.still_undispatched(key)
        if event:
            dispatch(event)
    except Exception:
        attempts = store.dispatch_failed(key)
        logger.warning("not dispatched", extra={"orderId": key["orderId"], "attempts": attempts})
        raise
