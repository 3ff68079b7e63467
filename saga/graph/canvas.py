"""A plane of character cells, each with a style."""

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from saga.graph.layout import Point

if TYPE_CHECKING:
    from rich.text import Text

# A direction, as a bit; the bits of a cell say where lines go on from it.
_UP, _RIGHT, _DOWN, _LEFT = 1, 2, 4, 8
_DIRECTIONS = {(0, -1): _UP, (1, 0): _RIGHT, (0, 1): _DOWN, (-1, 0): _LEFT}
_OPPOSITE = {_UP: _DOWN, _RIGHT: _LEFT, _DOWN: _UP, _LEFT: _RIGHT}
_TIPS = {_UP: "▲", _RIGHT: "▶", _DOWN: "▼", _LEFT: "◀"}
_LINES = " │─╰││╭├─╯─┴╮┤┬┼"
_DASHES = {"│": "┆", "─": "┄"}


class Canvas:
    """Characters by their cell; what is drawn later covers what was there, but lines that cross join."""

    def __init__(self) -> None:
        self._cells: dict[Point, tuple[str, str]] = {}
        self._bits: dict[Point, int] = {}

    def write(self, at: Point, text: str, style: str) -> None:
        """Write a text from a cell to the right."""
        x, y = at
        self._cells.update({(x + index, y): (character, style) for index, character in enumerate(text)})

    def line(self, points: tuple[Point, ...], style: str, *, dashed: bool) -> None:
        """Draw an arrow between two boxes; a first or last cell that is the box's own is left out."""
        cells = [points[0], *(cell for start, end in pairwise(points) for cell in _cells(start, end))]
        steps = [_DIRECTIONS[_step(start, end)] for start, end in pairwise(cells)]
        if steps[0] == _LEFT:
            cells, steps = cells[1:], steps[1:]
        if steps[-1] in {_RIGHT, _DOWN}:
            cells, steps = cells[:-1], steps[:-1]
        for cell, (came, goes) in zip(cells, pairwise([steps[0], *steps, steps[-1]]), strict=False):
            self._join(cell, _OPPOSITE[came] | goes, style, dashed=dashed)
        self._cells[cells[-1]] = (_TIPS[steps[-1]], style)

    def _join(self, cell: Point, bits: int, style: str, *, dashed: bool) -> None:
        crossed = bits | self._bits.get(cell, 0)
        character = _LINES[crossed]
        self._bits[cell] = crossed
        self._cells[cell] = (_DASHES.get(character, character) if dashed else character, style)

    def text(self) -> "Text":
        """Return what was drawn, without blanks at the ends of lines."""
        from rich.text import Text  # noqa: PLC0415  (keeps the command's help fast)

        rows: dict[int, list[int]] = {}
        for x, y in self._cells:
            rows.setdefault(y, []).append(x)
        lines = [self._row(y, range(max(rows.get(y, [-1])) + 1)) for y in range(max(rows) + 1)]
        return Text("\n", no_wrap=True).join(Text.assemble(*line) for line in lines)

    def _row(self, y: int, columns: range) -> list[tuple[str, str]]:
        cells = [self._cells.get((x, y), (" ", "")) for x in columns]
        runs = groupby(cells, key=lambda cell: cell[1])
        return [("".join(character for character, _ in run), style) for style, run in runs]


def _cells(start: Point, end: Point) -> list[Point]:
    """Return the cells after the start, up to the end."""
    step_x, step_y = _step(start, end)
    length = abs(end[0] - start[0]) + abs(end[1] - start[1])
    return [(start[0] + step_x * at, start[1] + step_y * at) for at in range(1, length + 1)]


def _step(start: Point, end: Point) -> Point:
    x, y = ((to > at) - (to < at) for at, to in zip(start, end, strict=True))
    return x, y
