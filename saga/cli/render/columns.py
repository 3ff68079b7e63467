"""Tables on a terminal and in a pipe. Text that came with an order is made safe here."""

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from saga.graph import Outcome
from saga.text.safe import clean
from saga.text.times import local, now

_STATUSES = {
    "CONFIRMED": Outcome.SUCCEEDED,
    "FAILED": Outcome.FAILED,
    "PARKED": Outcome.CAUGHT,
    "CANCELLING": Outcome.RUNNING,
    "PENDING": Outcome.RUNNING,
}


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> Table | str:
    """Return a table of `rows`, or the text `empty` if there are none."""
    filled = facts(rows, headers)
    return filled if filled.rows else empty


def facts(rows: Iterable[Sequence[object]], headers: Sequence[str] = ()) -> Table:
    """Return a table without lines, so that its columns can be cut and searched in a pipe."""
    made = Table(*headers, box=None, pad_edge=False, header_style="bold", show_header=any(headers))
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else clean(cell) for cell in row))
    for number, column in enumerate(made.columns):
        column.no_wrap, column.overflow = number == 0, "fold"  # the first column is the one to copy
    return made


def when(at: int) -> str:
    """Return the local time and its age."""
    return local(at, now())


def status_cell(status: str) -> Text:
    """Return the status of an order with its glyph, in its colour."""
    outcome = _STATUSES.get(status, Outcome.NOT_REACHED)
    return Text(f"{outcome.glyph} {status}", style=outcome.style)


def outcome_cell(outcome: Outcome) -> Text:
    """Return the outcome of an attempt with its glyph, in its colour."""
    return Text(f"{outcome.glyph} {outcome.value}", style=outcome.style)
