"""Running a step with an external effect: record the intent, make the effect, record the result."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools.utilities.idempotency import idempotent
from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import effect_record, eventlog, guard
from sagakit.dynamodb import Item
from sagakit.event import ID, Event, History
from sagakit.idempotency import step_config, step_persistence
from sagakit.observability import Handler, observed
from sagakit.run_step import refusable, result, settling
from sagakit.saga import Status
from sagakit.step import Change, Effect, Outcome


def handler(effect: Effect, intend: Callable[[Item], Change], act: Callable[[Event], Change]) -> Handler:
    """Create the Lambda handler of the effect; its idempotency record keeps concurrent duplicates out."""

    @idempotent(persistence_store=step_persistence, config=step_config, key_prefix=effect.state)
    @wraps(act)
    def run(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        return result(effect, _settled(effect, intend, act, event[ID])).summary

    return observed(run)


def _settled(effect: Effect, intend: Callable[[Item], Change], act: Callable[[Event], Change], saga_id: str) -> Event:
    history = eventlog.history(saga_id)
    if settled := history.find(effect.event, *effect.refusals.values()):
        return settled.as_repeated
    # Check the status even if an intent is on record: for a cancelled saga, the effect would only have to be undone.
    row = guard.read_if(saga_id, Status.PENDING)
    intent = history.find(effect.intent) or _intended(effect, history, refusable(effect, intend, row))
    if intent.type != effect.intent:
        return intent
    change = refusable(effect, act, intent)
    settled = settling(effect, eventlog.history(saga_id), change)
    return eventlog.record(settled, effect_record.move(effect, settled, Outcome.INTENDED), *change.writes)


def _intended(effect: Effect, history: History, change: Change) -> Event:
    """Record the intent, or its refusal, before it can have an effect. A duplicate may have recorded it first."""
    intended = history.next(effect.intent, Outcome.INTENDED, change.detail, state=effect.state)
    first = settling(effect, history, change) if change.refusal else intended
    return eventlog.record(
        first, guard.require(first, Status.PENDING), effect_record.create(effect, first), *change.writes
    )
