"""What the functions logged about an order."""

import json

from saga.console.html import Html, tag
from saga.console.words import moment
from saga.orders.logs import LogLine

_LEVELS = {"ERROR": "failed", "CRITICAL": "failed", "WARNING": "caught"}


def header() -> Html:
    """The names of the columns."""
    return tag("tr", *(tag("th", name, scope="col") for name in ("Time", "Function", "Level", "Message")))


def line(each: LogLine) -> Html:
    """The cells of a line; its message opens to the whole line."""
    level = tag("span", each.level, class_=f"level {_LEVELS.get(each.level, 'plain')}") if each.level else None
    told = tag("summary", each.message or each.text, " ", tag("span", each.more, class_="muted"))
    opened = tag("details", told, tag("pre", _pretty(each.text), tabindex=0))
    cells = (moment(each.at), each.function, level, opened)
    return Html("".join(tag("td", cell, class_="mono" if cell is opened else "nowrap") for cell in cells))


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
