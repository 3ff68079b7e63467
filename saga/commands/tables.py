"""Tables for people: columns without lines, so that they can be cut and searched in a pipe."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> "Table | str":
    """A row for each of `rows`; the words of `empty` where there is none."""
    from rich.table import Table  # noqa: PLC0415 - keeps the command's help fast

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for number, header in enumerate(headers):
        shown.add_column(header, no_wrap=number == 0, overflow="fold")  # the first is meant to be copied
    for row in rows:
        shown.add_row(*(str(cell) for cell in row))
    return shown if shown.rows else empty


def facts(rows: Iterable[tuple[str, object]]) -> "Table":
    """A line for each fact: its name and what it is."""
    from rich.table import Table  # noqa: PLC0415

    shown = Table(box=None, pad_edge=False, show_header=False)
    shown.add_column(no_wrap=True)
    shown.add_column(overflow="fold")
    for name, value in rows:
        shown.add_row(name, str(value))
    return shown
