"""What events alone say about states, for executions without a history such as EXPRESS ones."""

import re
from dataclasses import replace

from saga.graph import Outcome
from saga.http import Json
from saga.orders.model import Attempt, Event
from saga.orders.record import Record
from saga.stack.tables import missing

ENDS = ("Succeed", "Fail")
_OUTCOMES = {"intended": Outcome.RUNNING, "refused": Outcome.CAUGHT, "parked": Outcome.CAUGHT}


def compensations(definition: Json) -> dict[str, str]:
    """Return the state that each compensation undoes, named in its Comment, in the order in which they run."""
    comments = {name: str(state.get("Comment", "")) for name, state in definition["States"].items()}
    matches = {name: re.match(r"Undoes (\w+)", comment) for name, comment in comments.items()}
    return {name: match[1] for name, match in matches.items() if match}


def _end_after(definition: Json, state: str, error: str) -> str | None:
    """Return the end state that follows a state, by its Next or by the Catch of `error`."""
    source = definition["States"].get(state, {})
    if error:
        caught = {error, "States.ALL"}
        source = next((each for each in source.get("Catch", ()) if not caught.isdisjoint(each["ErrorEquals"])), {})
    following = source.get("Next")
    return following if definition["States"].get(following, {}).get("Type") in ENDS else None


def states(event: Event, definition: Json) -> dict[str, Outcome]:
    """Return the outcome of the state that recorded the event, and of the end state that follows.

    There are none if the API, recovery or an operator recorded it.
    """
    if not event.state:
        return {}
    outcome = _OUTCOMES.get(event.outcome, Outcome.SUCCEEDED)
    end = None if outcome is Outcome.RUNNING else _end_after(definition, event.state, event.error)
    if end is None:
        return {event.state: outcome}
    succeeds = definition["States"][end]["Type"] == "Succeed"
    return {event.state: outcome, end: Outcome.SUCCEEDED if succeeds else Outcome.FAILED}


def attempts(record: Record) -> list[Attempt]:
    """Return one attempt for each state that recorded an event, in that order.

    Each belongs to the execution that was started last before it. A cancellation ends a running one without an
    answer, and so does parking a return.
    """
    result: list[Attempt] = []
    execution, previous = "", 0
    for event in record.events:
        if event.outcome in ("cancelling", "parked"):
            result = [
                _ended(each, Outcome.CAUGHT, event) if each.outcome is Outcome.RUNNING else each for each in result
            ]
        waited = event.detail.get("state") if event.detail.get("by") == "recovery" else None  # its failure paused it
        for state, outcome in ({waited: Outcome.CAUGHT} if waited else states(event, record.definition)).items():
            started = max(previous, result[-1].ended or 0) if result else previous
            if result and result[-1].state == state and result[-1].outcome is Outcome.RUNNING:
                started = result.pop().started
            running = Attempt(execution, state, 1, started, None, Outcome.RUNNING, None, None, input=None, output=None)
            result.append(_ended(running, outcome, event))
        if event.starts_saga:
            execution = event.execution(record.order_id)
        previous = event.at
    return result


def _ended(attempt: Attempt, outcome: Outcome, event: Event) -> Attempt:
    if outcome is Outcome.RUNNING:
        return attempt
    if outcome is Outcome.SUCCEEDED:
        return replace(attempt, ended=event.at, outcome=outcome)
    words, events = missing(event.detail)
    cause = (
        f"{words}: {', '.join(events)}" if events else str(event.detail.get("text") or event.detail.get("cause", ""))
    )
    failures = event.detail.get("failures", {}) if event.outcome == "parked" else {}
    error = failures.get(attempt.state) or event.error or event.detail.get("reason")
    return replace(attempt, ended=event.at, outcome=outcome, error=error, cause=cause)
