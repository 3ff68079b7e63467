"""The graph at a moment: now, or where the slider stands."""

from saga.console.html import Html
from saga.console.words import duration
from saga.graph import render
from saga.orders.attempts import attempts
from saga.orders.cells import clock
from saga.orders.record import Record
from saga.orders.states import moments, statuses


def graph(record: Record, at: int | None) -> Html:
    """The state machine, coloured as of a moment (milliseconds since the epoch); None is now."""
    return Html(render(record.definition, statuses(record, at)))


def position(record: Record, at: int | None) -> str:
    """Where the slider stands: the time, how long after the first moment, and what happened then."""
    stops = moments(record)
    if not stops:
        return "Nothing happened yet"
    here = stops[-1] if at is None else at
    words = f"{clock(here)}, +{duration(here - stops[0])}: {_happened(record, here) or 'as it was'}"
    return f"Latest: {words}" if at is None else words


def _happened(record: Record, at: int) -> str:
    events = [event.type for event in record.events if event.at == at]
    tried = [each for each in attempts(record) if at in (each.started, each.ended)]
    ended = [f"{each.state} {each.outcome.value}" for each in tried if each.ended == at]
    begun = [f"{each.state} starts" for each in tried if each.ended != at]
    return ", ".join([*events, *ended, *begun])
