"""Running a compensation: once, only when it was decided to undo, and by what was done at that moment."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from sagakit import effect_record, eventlog, guard
from sagakit.errors import TransientError
from sagakit.event import ID, Event, History
from sagakit.observability import Handler, count, observed
from sagakit.saga import Status
from sagakit.step import Change, Compensation, Effect, Forward, Outcome
from sagakit.transaction import Action


def handler(compensation: Compensation, act: Callable[[Event | None], Change]) -> Handler:
    """Make the Lambda handler of the compensation; it is counted once, however often it is called."""

    @wraps(act)
    def run(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        undone = _undone(compensation, act, event[ID])
        if not undone.repeated:
            count("Compensations", step=compensation.state)
        return undone.summary

    return observed(run)


def _undone(compensation: Compensation, act: Callable[[Event | None], Change], saga_id: str) -> Event:
    history = eventlog.history(saga_id)
    if isinstance(compensation.undoes, Effect):
        if undone := history.find(compensation.event):
            return undone.again
        guard.read_if(saga_id, Status.CANCELLING)  # nothing outside is undone that nobody decided to undo
    done = _done(compensation.undoes, history)
    change = act(done)
    if change.refusal:
        raise change.refusal  # a no from outside: it is not undone
    undone = history.next(compensation.event, Outcome.UNDONE, change.detail, state=compensation.state)
    return eventlog.record(
        undone,
        guard.require(undone, Status.CANCELLING),
        *_still_so(compensation, undone, done, change.status),
        *change.writes,
    )


def _done(step: Forward, history: History) -> Event | None:
    """Give the newest event of what was done, with the details of those before it: a refusal tells no intent's id."""
    traces = [event for event in history if event.type in step.traces]
    if not history.find(step.traces[0]):
        return None
    return replace(traces[-1], detail={name: value for event in traces for name, value in event.detail.items()})


def _still_so(compensation: Compensation, undone: Event, done: Event | None, status: str) -> list[Action]:
    """Check that what was done is what was read, else read again. An event that was read never goes away."""
    step = compensation.undoes
    if done is None:
        meanwhile = TransientError(f"{step.state} was done meanwhile")
        return [eventlog.require_no_event(undone, step.traces[0], meanwhile)]
    if isinstance(step, Effect):
        return [effect_record.move(step, undone, step.events[done.type], status)]
    return []
