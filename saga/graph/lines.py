"""The shape of each line, and the order in which lines share a side of a box."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import Enum, IntEnum, auto
from typing import NamedTuple

from saga.graph.asl import Edge, Machine
from saga.graph.placement import Cell, place


class Side(IntEnum):
    """The side of a box at which a line leaves."""

    LEFT = -1
    BOTTOM = 0
    RIGHT = 1


class Shape(Enum):
    """The shape of a line, simplest first. All but LEVEL arrive at the top of the box."""

    DOWN = auto()  # straight down
    LEVEL = auto()  # straight across, to the facing side
    ELBOW = auto()  # across, then down
    WINDING = auto()  # across into the gutter, along it, across in the gap above the target, then down


class Line(NamedTuple):
    """The line of an edge: its shape, the side at which it leaves, and the cells that it connects."""

    edge: Edge
    shape: Shape
    side: Side
    start: Cell
    end: Cell

    @property
    def columns(self) -> int:
        """How many columns its target is to the right."""
        return self.end[0] - self.start[0]

    @property
    def rows(self) -> int:
        """How many rows its target is below."""
        return self.end[1] - self.start[1]


class Arrangement(NamedTuple):
    """A drawing without sizes.

    `leaving` has the lines at each side of a state from top to bottom, `arriving` those at its top from left to right.
    """

    cells: dict[str, Cell]
    lines: list[Line]
    leaving: defaultdict[tuple[str, Side], list[Line]]
    arriving: defaultdict[str, list[Line]]


def grouped[K](lines: Iterable[Line], key: Callable[[Line], K]) -> defaultdict[K, list[Line]]:
    """Return the lines by a key, each group in their order."""
    groups = defaultdict[K, list[Line]](list)
    for line in lines:
        groups[key(line)].append(line)
    return groups


def arrange(machine: Machine) -> Arrangement:
    """Arrange the states and lines of a machine."""
    cells = place(machine)
    sides = {edge: _side(edge, cells) for edge in machine.edges}
    used = {(edge.source, side) for edge, side in sides.items()}
    lines = [
        Line(edge, _shape(edge, side, cells, used), side, cells[edge.source], cells[edge.target])
        for edge, side in sides.items()
    ]
    leaving = grouped(sorted(lines, key=_leaving_order), lambda line: (line.edge.source, line.side))
    arriving = _arriving(lines, leaving)
    # The entry to the start gets the middle: nothing else comes straight down to the first row.
    entry = Edge("", machine.start)
    arriving[machine.start].insert(0, Line(entry, Shape.DOWN, Side.BOTTOM, cells[machine.start], cells[machine.start]))
    return Arrangement(cells, lines, leaving, arriving)


def _side(edge: Edge, cells: dict[str, Cell]) -> Side:
    start, end = cells[edge.source], cells[edge.target]
    if start[0] == end[0] and end[1] > start[1] and not _between(start, end, cells):
        return Side.BOTTOM
    return Side.RIGHT if end[0] >= start[0] else Side.LEFT


def _shape(edge: Edge, side: Side, cells: dict[str, Cell], used: set[tuple[str, Side]]) -> Shape:
    if side is Side.BOTTOM:
        return Shape.DOWN
    start, end = cells[edge.source], cells[edge.target]
    corner = (end[0], start[1])
    if corner == end and start != end and (edge.target, Side(-side)) not in used and not _between(start, end, cells):
        return Shape.LEVEL
    # Across more than one column only to the right: lines that face each other on a row could overlap.
    far_left = end[0] < start[0] - 1
    blocked = corner in cells.values() or _between(start, corner, cells) or _between(corner, end, cells)
    return Shape.WINDING if far_left or blocked or end[1] < start[1] else Shape.ELBOW


def _between(start: Cell, end: Cell, cells: dict[str, Cell]) -> set[Cell]:
    """Return the taken cells strictly between two that share a column or a row."""
    columns, rows = (range(min(pair), max(pair) + 1) for pair in zip(start, end, strict=True))
    return {(column, row) for column in columns for row in rows} & set(cells.values()) - {start, end}


def _leaving_order(line: Line) -> tuple[int, int]:
    turn = (1 if line.rows > 0 else -1) if line.shape is Shape.WINDING else 0
    return (turn, -abs(line.columns))


def _arriving(lines: list[Line], leaving: dict[tuple[str, Side], list[Line]]) -> defaultdict[str, list[Line]]:
    def order(line: Line) -> tuple[int, int, int]:
        if line.shape is Shape.WINDING:
            return (-2, abs(line.rows), 0) if line.columns > 0 else (2, -abs(line.rows), 0)
        port = leaving[line.edge.source, line.side].index(line)
        return (-line.side, line.rows * line.side, -port * line.side)

    from_above = (line for line in lines if line.shape is not Shape.LEVEL)
    return grouped(sorted(from_above, key=order), lambda line: line.edge.target)
