"""What the events alone tell of the states: for executions without a history, EXPRESS ones among them."""

from dataclasses import replace

from saga.graph import Outcome
from saga.orders.definition import end_after
from saga.orders.facts import Attempt, Event, Json
from saga.orders.record import Record

_OUTCOMES = {"intended": Outcome.RUNNING, "refused": Outcome.CAUGHT, "parked": Outcome.CAUGHT}


def states(event: Event, definition: Json) -> dict[str, Outcome]:
    """The states that the event tells of, and how they ended when it was made: its own, and the end that follows.

    None, where the API, recovery or an operator made it.
    """
    if not event.state:
        return {}
    outcome = _OUTCOMES.get(event.outcome, Outcome.SUCCEEDED)
    end = None if outcome is Outcome.RUNNING else end_after(definition, event.state, event.error)
    if end is None:
        return {event.state: outcome}
    succeeds = definition["States"][end]["Type"] == "Succeed"
    return {event.state: outcome, end: Outcome.SUCCEEDED if succeeds else Outcome.FAILED}


def attempts(record: Record) -> list[Attempt]:
    """The states that left an event, in that order; of one that left two there is one attempt.

    Each counts as one of the execution that was the last to be started then.
    """
    found: list[Attempt] = []
    execution, before = "", 0
    for event in record.events:
        if event.outcome == "cancelling":
            found = [_given_up(attempt, event) for attempt in found]
        for state, outcome in states(event, record.definition).items():
            started = max(before, found[-1].ended or 0) if found else before
            found = _with(found, _attempt(execution, state, outcome, event, started))
        if event.starts_saga:
            execution = event.execution(record.order_id)
        before = event.at
    return found


def _attempt(execution: str, state: str, outcome: Outcome, event: Event, started: int) -> Attempt:
    ended = None if outcome is Outcome.RUNNING else event.at
    error, cause = None, None
    if outcome in (Outcome.CAUGHT, Outcome.FAILED):
        error, cause = event.error or event.detail.get("reason"), _cause(event.detail)
    return Attempt(execution, state, 1, started, ended, outcome, error, cause, input=None, output=None)


def _with(found: list[Attempt], new: Attempt) -> list[Attempt]:
    """What was running goes on; anything else begins anew."""
    if found and found[-1].state == new.state and found[-1].outcome is Outcome.RUNNING:
        return [*found[:-1], replace(new, started=found[-1].started)]
    return [*found, new]


def _given_up(attempt: Attempt, cancelling: Event) -> Attempt:
    """What was running when the order was cancelled had no answer."""
    if attempt.outcome is not Outcome.RUNNING:
        return attempt
    error, cause = cancelling.detail.get("reason"), cancelling.detail.get("cause")
    return replace(attempt, ended=cancelling.at, outcome=Outcome.CAUGHT, error=error, cause=cause)


def _cause(detail: Json) -> str:
    return f"not undone: {', '.join(detail['notUndone'])}" if "notUndone" in detail else str(detail.get("cause", ""))
