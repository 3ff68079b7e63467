"""Running a compensation: once, only while the saga is CANCELLING, and based on what the step has done by then."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import eventlog, guard
from sagakit.event import ID, Event, History
from sagakit.observability import Handler, observed
from sagakit.saga import Status
from sagakit.step import Change, Compensation, Effect, Forward, Outcome


def handler(compensation: Compensation, act: Callable[[Event | None], Change]) -> Handler:
    """Create the Lambda handler of the compensation."""

    @wraps(act)
    def run(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        return eventlog.decide(event[ID], partial(_undone, compensation, act)).summary

    return observed(run)


def _undone(compensation: Compensation, act: Callable[[Event | None], Change], history: History) -> Event:
    if undone := history.find(compensation.event):
        return undone.as_repeated
    if isinstance(compensation.undoes, Effect):
        guard.read_if(history.saga_id, Status.CANCELLING)  # otherwise, the gateway must not be called
    change = act(_done(compensation.undoes, history))
    if change.refusal:
        raise change.refusal  # the other system refused, so the effect still stands
    undone = history.next(compensation.event, Outcome.UNDONE, change.detail, state=compensation.state)
    return eventlog.record(undone, guard.require(undone, Status.CANCELLING), *change.writes)


def _done(step: Forward, history: History) -> Event | None:
    """Return the step's newest event with the details of its earlier ones: a refusal may lack the intent's id."""
    traces = [event for event in history if event.type in step.traces]
    if not history.find(step.traces[0]):
        return None
    return replace(traces[-1], detail={name: value for event in traces for name, value in event.detail.items()})
