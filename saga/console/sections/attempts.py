"""Every attempt at every state: how it ended, and what went in and came out."""

import json

from saga.console.html import Html, join, tag
from saga.console.words import duration, outcome_pill
from saga.orders.attempts import Attempt
from saga.orders.cells import clock
from saga.orders.record import Json


def keyed(found: "list[Attempt]") -> "dict[str, Attempt]":
    """By what tells one from the other."""
    return {f"{each.execution} {each.state} {each.started}": each for each in found}


def attempt(each: Attempt, first: int, *, anchor: bool, begins: bool) -> Html:
    """An attempt, which opens; with `anchor` the graph's link to the state leads here; one that `begins` an execution
    stands below its name.
    """
    took = "under way" if each.ended is None else duration(each.ended - each.started)
    name = each.state if each.number == 1 else f"{each.state}, attempt {each.number}"
    summary = tag(
        "summary",
        tag("span", name, class_="name"),
        outcome_pill(each.outcome),
        tag("span", each.error, class_="error"),
        tag("span", f"+{duration(each.started - first)}", class_="muted number", title=clock(each.started)),
        tag("span", took, class_="number"),
    )
    parts = [_part("Input", each.input), _part("Output", each.output), _part("Error", _error(each))]
    name_of = each.state if anchor else None
    opened = tag("details", summary, *parts, id=name_of, data_at=each.started, class_="attempt")
    return join(tag("p", "Execution ", tag("code", each.execution), class_="execution") if begins else None, opened)


def _error(each: Attempt) -> Json:
    """The error with its cause, which Lambda gives as JSON in a string."""
    if each.error is None:
        return None
    return {"error": each.error, "cause": _unpacked(each.cause)}


def _unpacked(cause: str | None) -> Json:
    try:
        return json.loads(cause or "null")
    except ValueError:
        return cause


def _part(title: str, content: Json) -> Html | None:
    if content is None:
        return None
    shown = json.dumps(content, indent=2, ensure_ascii=False)
    return tag("div", tag("h3", title), tag("pre", shown, tabindex=0, aria_label=title, role="group"), class_="part")
