"""Tables for people, on a terminal and in a pipe."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> "Table | str":
    """A row for each of `rows`; the words of `empty` where there is none."""
    shown = facts(rows, headers)
    return shown if shown.rows else empty


def facts(rows: Iterable[Sequence[object]], headers: Sequence[str] = ()) -> "Table":
    """A line for each fact: its name and what it is."""
    from saga.orders.cells import table as shown  # noqa: PLC0415 - keeps the command's help fast

    return shown(headers, rows)
