"""What the functions logged about an order."""

import json

from saga.console.elements import Column, cells
from saga.console.html import Html, tag
from saga.console.labels import moment
from saga.orders.logs import LogLine
from saga.orders.model import parsed

COLUMNS = (Column("Time", "nowrap"), Column("Function", "nowrap"), Column("Level", "nowrap"), Column("Message"))
_LEVELS = {"ERROR": "failed", "CRITICAL": "failed", "WARNING": "caught"}


def row(line: LogLine) -> Html:
    """Return the cells of a line. Its message opens to the whole line."""
    level = tag("span", line.level, class_=f"level {_LEVELS.get(line.level, 'plain')}") if line.level else None
    summary = tag("summary", line.message or line.text, " ", tag("span", line.more, class_="muted"))
    message = tag("details", summary, tag("pre", _pretty(line.text), tabindex=0), class_="mono")
    return cells(COLUMNS, moment(line.at), line.function, level, message)


def _pretty(text: str) -> str:
    content = parsed(text)
    return json.dumps(content, indent=2, ensure_ascii=False) if isinstance(content, dict | list) else text
