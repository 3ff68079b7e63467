"""Running a step with an external effect: record the intent, make the effect, record the result."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import eventlog, guard
from sagakit.dynamodb import Item
from sagakit.errors import Overtaken, SagaCancelled
from sagakit.event import ID, Event, History
from sagakit.observability import Handler, observed
from sagakit.run_step import refusable, result, settling
from sagakit.saga import Status
from sagakit.step import Change, Effect, Outcome


def handler(effect: Effect, intend: Callable[[Item], Change], act: Callable[[Event], Change]) -> Handler:
    """Create the Lambda handler of the effect."""

    @wraps(act)
    def run(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        return result(effect, eventlog.decide(event[ID], partial(_settled, effect, intend, act))).summary

    return observed(run)


def _settled(
    effect: Effect, intend: Callable[[Item], Change], act: Callable[[Event], Change], history: History
) -> Event:
    if settled := history.find(*effect.results):
        return settled.as_repeated
    # Check the status even if an intent is on record: for a cancelled saga, the effect would only have to be undone.
    row = guard.read_if(history.saga_id, Status.PENDING)
    intent = history.find(effect.intent) or _intended(effect, history, refusable(effect, intend, row))
    if intent.type != effect.intent:
        return intent
    record = partial(_record, effect, refusable(effect, act, intent))
    with suppress(Overtaken):
        return record(history.including(intent))
    return eventlog.decide(history.saga_id, record)


def _intended(effect: Effect, history: History, change: Change) -> Event:
    """Record the intent, or its refusal, before it can have an effect. A duplicate may have recorded it first."""
    intended = history.next(effect.intent, Outcome.INTENDED, change.detail, state=effect.state)
    first = settling(effect, history, change) if change.refusal else intended
    return eventlog.record(first, guard.require(first, Status.PENDING), *change.writes)


def _record(effect: Effect, change: Change, history: History) -> Event:
    """Record the result, even if the saga was cancelled meanwhile, unless the effect has been undone."""
    if settled := history.find(*effect.results):
        return settled.as_repeated
    if undone := history.find(*history.saga.undoing(effect)):
        raise SagaCancelled(f"{undone.type} is on record")
    settled = settling(effect, history, change)
    return eventlog.record(settled, guard.require(settled), *change.writes)
