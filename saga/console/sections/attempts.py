"""Every attempt at every state: how it ended, its input, its output and its error."""

import json

from saga.console.html import Html, join, tag
from saga.console.labels import outcome_pill, placed_at
from saga.http import Json
from saga.orders.attempts import Attempt, attempts
from saga.orders.model import parsed
from saga.orders.record import Record
from saga.text.durations import duration
from saga.text.times import clock


def rows(record: Record) -> dict[str, Html]:
    """Return the attempts by a unique key. The graph links to the first attempt at each state."""
    found = {f"{each.execution} {each.state} {each.started}": each for each in attempts(record)}
    of_state = {each.state: key for key, each in reversed(found.items())}.values()
    of_execution = {each.execution: key for key, each in reversed(found.items())}.values()
    start = placed_at(record.order)
    return {
        key: join(
            tag("p", "Execution ", tag("code", each.execution), class_="execution") if key in of_execution else None,
            _details(each, start, anchor=key in of_state),
        )
        for key, each in found.items()
    }


def _details(each: Attempt, start: int, *, anchor: bool) -> Html:
    summary = tag(
        "summary",
        tag("span", each.state if each.number == 1 else f"{each.state}, attempt {each.number}", class_="name"),
        outcome_pill(each.outcome),
        tag("span", each.error, class_="error"),
        tag("span", f"+{duration(each.started - start)}", class_="muted number", title=clock(each.started)),
        tag("span", "running" if each.ended is None else duration(each.ended - each.started), class_="number"),
    )
    parts = [_part("Input", each.input), _part("Output", each.output), _part("Error", _error(each))]
    anchor_id = each.state if anchor else None
    return tag("details", summary, *parts, id=anchor_id, data_at=each.started, class_="attempt")


def _error(each: Attempt) -> Json:
    """Return the error with its cause, which Lambda writes as JSON in a string."""
    return None if each.error is None else {"error": each.error, "cause": parsed(each.cause)}


def _part(title: str, content: Json) -> Html | None:
    if content is None:
        return None
    text = json.dumps(content, indent=2, ensure_ascii=False)
    return tag("div", tag("h3", title), tag("pre", text, tabindex=0, aria_label=title, role="group"), class_="part")
