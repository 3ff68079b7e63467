"""Running a step whose whole effect is in our tables: once, only while the saga is PENDING. A refusal is final."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import eventlog, guard
from sagakit.event import ID, Event, History
from sagakit.observability import Handler, observed
from sagakit.saga import Status
from sagakit.step import Change, Forward, Outcome, Step


def handler(step: Step, act: Callable[[History], Change]) -> Handler:
    """Create the Lambda handler of the step; `act` returns what it changes."""

    @wraps(act)
    def run(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        return result(step, eventlog.decide(event[ID], partial(_settled, step, act))).summary

    return observed(run)


def settling(step: Forward, history: History, change: Change) -> Event:
    """Create the event that settles the step as done or refused; raise a refusal that the step does not declare."""
    if change.refusal is None:
        return history.next(step.event, Outcome.DONE, change.detail, state=step.state)
    for error, event_type in step.refusals.items():
        if isinstance(change.refusal, error):
            detail = {"cause": str(change.refusal), **change.detail}
            return history.next(event_type, Outcome.REFUSED, detail, state=step.state, error=error.__name__)
    raise change.refusal


def result(step: Forward, settled: Event) -> Event:
    """Return the event if the step is done; raise the refusal if it was refused. A duplicate may have settled it."""
    for error, event_type in step.refusals.items():
        if settled.type == event_type:
            raise error(settled.detail["cause"])
    return settled


def refusable[T](step: Forward, act: Callable[[T], Change], argument: T) -> Change:
    """Call `act` and return its change; turn a refusal that it raises into a change."""
    try:
        return act(argument)
    except tuple(step.refusals) as refusal:
        return Change({}, refusal=refusal)


def _settled(step: Step, act: Callable[[History], Change], history: History) -> Event:
    if settled := history.find(*step.results):
        return settled.as_repeated
    try:
        return _record(step, history, refusable(step, act, history))
    except tuple(step.refusals) as refusal:  # a condition on one of its writes failed
        return _record(step, history, Change({}, refusal=refusal))


def _record(step: Step, history: History, change: Change) -> Event:
    settled = settling(step, history, change)
    return eventlog.record(settled, guard.require(settled, Status.PENDING), *change.writes)
