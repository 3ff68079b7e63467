"""Cells and tables on a terminal. Text that came with an order is made safe here."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from saga.graph import Outcome
from saga.graph.status import STYLES
from saga.orders import words

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_ORDER = {
    "CONFIRMED": Outcome.SUCCEEDED,
    "FAILED": Outcome.FAILED,
    "PARKED": Outcome.CAUGHT,
    "CANCELLING": Outcome.RUNNING,
    "PENDING": Outcome.RUNNING,
}


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> "Table":
    """Columns without lines, so that they can be cut and searched in a pipe."""
    from rich.table import Table  # noqa: PLC0415 - keeps the command's help fast
    from rich.text import Text  # noqa: PLC0415

    shown = Table(*headers, box=None, pad_edge=False, header_style="bold", show_header=any(headers))
    for row in rows:
        shown.add_row(*(cell if isinstance(cell, Text) else words.clean(cell) for cell in row))
    for number, column in enumerate(shown.columns):
        column.no_wrap, column.overflow = number == 0, "fold"  # the first is meant to be copied
    return shown


def status(name: str) -> "Text":
    """The status of an order with a glyph, in its colour."""
    of_order = _ORDER.get(name, Outcome.NOT_REACHED)
    return _coloured(f"{of_order.glyph} {name}", of_order)


def outcome(made: Outcome) -> "Text":
    """The outcome of an attempt with a glyph, in its colour."""
    return _coloured(f"{made.glyph} {made.value}", made)


def clock(at: int) -> str:
    """The time of day, here, to the millisecond."""
    return f"{datetime.fromtimestamp(at / 1000).astimezone():%H:%M:%S}.{at % 1000:03}"


def _coloured(text: str, made: Outcome) -> "Text":
    from rich.text import Text  # noqa: PLC0415

    return Text(text, style=STYLES[made])
