"""Running a compensation: once, only while the saga is CANCELLING, and based on what the step has done by then."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import effect_record, eventlog, guard
from sagakit.errors import TransientError
from sagakit.event import ID, Event, History
from sagakit.observability import Handler, observed
from sagakit.saga import Status
from sagakit.step import Change, Compensation, Effect, Forward, Outcome
from sagakit.transaction import Action


def handler(compensation: Compensation, act: Callable[[Event | None], Change]) -> Handler:
    """Create the Lambda handler of the compensation."""

    @wraps(act)
    def run(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        return _undone(compensation, act, event[ID]).summary

    return observed(run)


def _undone(compensation: Compensation, act: Callable[[Event | None], Change], saga_id: str) -> Event:
    history = eventlog.history(saga_id)
    if isinstance(compensation.undoes, Effect):
        if undone := history.find(compensation.event):
            return undone.as_repeated
        guard.read_if(saga_id, Status.CANCELLING)  # the gateway is not called for a saga that is not being cancelled
    done = _done(compensation.undoes, history)
    change = act(done)
    if change.refusal:
        raise change.refusal  # the other system refused, so the effect still stands
    undone = history.next(compensation.event, Outcome.UNDONE, change.detail, state=compensation.state)
    return eventlog.record(
        undone,
        guard.require(undone, Status.CANCELLING),
        *_unchanged(compensation, undone, done, change.status),
        *change.writes,
    )


def _done(step: Forward, history: History) -> Event | None:
    """Return the step's newest event with the details of its earlier ones: a refusal may lack the intent's id."""
    traces = [event for event in history if event.type in step.traces]
    if not history.find(step.traces[0]):
        return None
    return replace(traces[-1], detail={name: value for event in traces for name, value in event.detail.items()})


def _unchanged(compensation: Compensation, undone: Event, done: Event | None, status: str) -> list[Action]:
    """Require that the step has done nothing since it was read. Events that were read cannot disappear."""
    step = compensation.undoes
    if done is None:
        stale = TransientError(f"{step.state} was done meanwhile")
        return [eventlog.require_no_event(undone, step.traces[0], stale)]
    if isinstance(step, Effect):
        return [effect_record.move(step, undone, step.events[done.type], status)]
    return []
