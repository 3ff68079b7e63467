"""A plane of character cells, each with a style."""

from itertools import groupby, pairwise

from rich.text import Text

from saga.graph.layout import Point

# A direction is a bit; the bits of a cell say in which directions lines leave it.
_UP, _RIGHT, _DOWN, _LEFT = 1, 2, 4, 8
_DIRECTIONS = {(0, -1): _UP, (1, 0): _RIGHT, (0, 1): _DOWN, (-1, 0): _LEFT}
_OPPOSITE = {_UP: _DOWN, _RIGHT: _LEFT, _DOWN: _UP, _LEFT: _RIGHT}
_TIPS = {_UP: "▲", _RIGHT: "▶", _DOWN: "▼", _LEFT: "◀"}
_LINES = " │─╰││╭├─╯─┴╮┤┬┼"
_DASHES = {"│": "┆", "─": "┄"}


class Canvas:
    """Characters by their cell. Later characters cover earlier ones, but lines that cross are joined."""

    def __init__(self) -> None:
        self._cells: dict[Point, tuple[str, str]] = {}
        self._bits: dict[Point, int] = {}

    def write(self, at: Point, text: str, style: str) -> None:
        """Write a text that starts at a cell."""
        x, y = at
        self._cells.update({(x + index, y): (character, style) for index, character in enumerate(text)})

    def line(self, points: tuple[Point, ...], style: str, *, dashed: bool) -> None:
        """Draw an arrow between two boxes, without the first or last cell if it belongs to a box."""
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
        self._bits[cell] = bits | self._bits.get(cell, 0)
        character = _LINES[self._bits[cell]]
        self._cells[cell] = (_DASHES.get(character, character) if dashed else character, style)

    def text(self) -> Text:
        """Return the drawing, without blanks at the ends of lines."""
        height = 1 + max(y for _, y in self._cells)
        return Text("\n", no_wrap=True).join(Text.assemble(*self._row(y)) for y in range(height))

    def _row(self, y: int) -> list[tuple[str, str]]:
        width = 1 + max((x for x, row in self._cells if row == y), default=-1)
        cells = [self._cells.get((x, y), (" ", "")) for x in range(width)]
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
