"""The shape of each line, and the order in which lines share a side of a box."""

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum, IntEnum, auto

from saga.graph.asl import Edge, Kind, Machine
from saga.graph.place import Cell, place


class Side(IntEnum):
    """The side of a box at which a line leaves."""

    LEFT = -1
    BOTTOM = 0
    RIGHT = 1


class Shape(Enum):
    """The way a line takes, simplest first. All but LEVEL arrive at the top of the box."""

    DOWN = auto()  # straight down
    LEVEL = auto()  # straight across, to the facing side
    ELBOW = auto()  # across, then down
    WINDING = auto()  # across into the gutter, along it, across in the gap above the target, then down


@dataclass(frozen=True, slots=True)
class Plan:
    """An edge with its shape, and the side at which it leaves."""

    edge: Edge
    shape: Shape
    side: Side


@dataclass(frozen=True, slots=True)
class Sketch:
    """A drawing without sizes.

    `leaving` has the lines at each side of a state from top to bottom, `arriving` those at its top from left to right.
    """

    cells: dict[str, Cell]
    plans: list[Plan]
    leaving: dict[tuple[str, Side], list[Plan]]
    arriving: dict[str, list[Plan]]

    def leaving_slot(self, line: Plan) -> int:
        """Return how far below the middle of its side a line leaves, in half distances between neighbours."""
        lines = self.leaving[line.edge.source, line.side]
        return 2 * lines.index(line) - len(lines) + 1

    def arriving_slot(self, line: Plan) -> int:
        """Return how far right of the middle a line arrives; what comes straight down has the middle."""
        lines = self.arriving[line.edge.target]
        middle = [at for at, other in enumerate(lines) if other.shape is Shape.DOWN] or [0, len(lines) - 1]
        return 2 * lines.index(line) - middle[0] - middle[-1]


def sketch(machine: Machine) -> Sketch:
    """Arrange a machine."""
    cells = place(machine)
    sides = {edge: _side(edge, cells) for edge in machine.edges}
    used = {(edge.source, side) for edge, side in sides.items()}
    plans = [Plan(edge, _shape(edge, side, cells, used), side) for edge, side in sides.items()]
    leaving = _leaving(plans, cells)
    arriving = _arriving(plans, cells, leaving)
    # The way in to the start has the middle: nothing else comes straight down to the first row.
    arriving[machine.start].insert(0, Plan(Edge("", machine.start, Kind.NEXT), Shape.DOWN, Side.BOTTOM))
    return Sketch(cells, plans, leaving, arriving)


def _side(edge: Edge, cells: dict[str, Cell]) -> Side:
    (column, row), (to_column, to_row) = cells[edge.source], cells[edge.target]
    if column == to_column and to_row > row and not _between(cells[edge.source], cells[edge.target], cells):
        return Side.BOTTOM
    return Side.RIGHT if to_column >= column else Side.LEFT


def _shape(edge: Edge, side: Side, cells: dict[str, Cell], used: set[tuple[str, Side]]) -> Shape:
    start, end = cells[edge.source], cells[edge.target]
    corner = (end[0], start[1])
    if side is Side.BOTTOM:
        return Shape.DOWN
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


def _leaving(plans: list[Plan], cells: dict[str, Cell]) -> dict[tuple[str, Side], list[Plan]]:
    def order(line: Plan) -> tuple[int, int]:
        columns, rows = _distance(line, cells)
        turn = (1 if rows > 0 else -1) if line.shape is Shape.WINDING else 0
        return (turn, -abs(columns))

    found: dict[tuple[str, Side], list[Plan]] = defaultdict(list)
    for line in sorted(plans, key=order):
        found[line.edge.source, line.side].append(line)
    return found


def _arriving(
    plans: list[Plan], cells: dict[str, Cell], leaving: dict[tuple[str, Side], list[Plan]]
) -> dict[str, list[Plan]]:
    def order(line: Plan) -> tuple[int, int, int]:
        columns, rows = _distance(line, cells)
        if line.shape is Shape.WINDING:
            return (-2, abs(rows), 0) if columns > 0 else (2, -abs(rows), 0)
        port = leaving[line.edge.source, line.side].index(line)
        return (-line.side, rows * line.side, -port * line.side)

    found: dict[str, list[Plan]] = defaultdict(list)
    for line in sorted(plans, key=order):
        if line.shape is not Shape.LEVEL:
            found[line.edge.target].append(line)
    return found


def _distance(line: Plan, cells: dict[str, Cell]) -> tuple[int, int]:
    """Return how many columns and rows a line's target is from its source."""
    (column, row), (to_column, to_row) = cells[line.edge.source], cells[line.edge.target]
    return to_column - column, to_row - row
