"""The widths and heights of the columns, gutters, rows and gaps of a drawing, and where in them the lines run."""

from collections.abc import Iterable

from saga.graph.lines import Arrangement, Line, Shape, Side, grouped
from saga.graph.theme import Metrics


class Grid:
    """The columns and rows of an arrangement, as ranges of the coordinates of the boxes in them."""

    def __init__(self, arrangement: Arrangement, metrics: Metrics) -> None:
        self._arrangement, self._m, self._leaving = arrangement, metrics, arrangement.leaving
        winding = [line for line in arrangement.lines if line.shape is Shape.WINDING]
        winding.sort(key=lambda line: abs(line.rows))
        self._crossings = grouped(winding, lambda line: line.end[1])
        # Lines from the left get the lanes at the left, so that lines between two facing boxes don't meet.
        self._lanes = grouped(sorted(winding, key=lambda line: -line.side), _gutter_of)
        columns, rows = (range(1 + max(numbers)) for numbers in zip(*arrangement.cells.values(), strict=True))
        self.columns = _ranges((self._gutter(at - 1) if at else metrics.edge, self._column_width(at)) for at in columns)
        self.rows = _ranges((self._gap(at), max(map(self._box_height, self._names(row=at)))) for at in rows)
        self.width = self.columns[-1].stop + self._gutter(columns[-1]) + metrics.edge
        self.height = self.rows[-1].stop + metrics.edge

    def lane(self, line: Line) -> int:
        """Return the x at which a winding line runs along its gutter."""
        gutter = _gutter_of(line)
        labels = max(self._reaches(gutter, Side.RIGHT).values())
        return self.columns[gutter].stop + labels + self._m.pad + self._m.lane * self._lanes[gutter].index(line)

    def crossing(self, line: Line) -> int:
        """Return the y at which a winding line runs along the gap above its target."""
        row = line.end[1]
        return self.rows[row].start - self._m.pad - self._m.lane * (1 + self._crossings[row].index(line))

    def arrival(self, line: Line) -> int:
        """Return how far right of the middle a line arrives at the top of a box. One straight down gets the middle."""
        lines = self._arrangement.arriving[line.edge.target]
        middle = [at for at, other in enumerate(lines) if other.shape is Shape.DOWN] or [0, len(lines) - 1]
        return (2 * lines.index(line) - middle[0] - middle[-1]) * self._m.spread // 2

    def departure(self, line: Line) -> int:
        """Return how far below the middle a line leaves the side of a box."""
        lines = self._leaving[line.edge.source, line.side]
        return (2 * lines.index(line) - len(lines) + 1) * self._spacing(line.edge.source, line.side) // 2

    def _names(self, *, column: int | None = None, row: int | None = None) -> list[str]:
        cells = self._arrangement.cells.items()
        return [name for name, cell in cells if column in {None, cell[0]} and row in {None, cell[1]}]

    def _column_width(self, column: int) -> int:
        return max(self._m.box[0], *map(self._box_width, self._names(column=column)))

    def _box_width(self, name: str) -> int:
        arriving = len(self._arrangement.arriving[name])
        return max(len(name) * self._m.name + self._m.frame, 2 * arriving * self._m.spread)

    def _box_height(self, name: str) -> int:
        return max(self._m.box[1], self._side_height(name, Side.LEFT), self._side_height(name, Side.RIGHT))

    def _side_height(self, name: str, side: Side) -> int:
        # The label of the topmost line may rise above the box by one line of text.
        label = 2 * (self._m.line * (self._label_lines(name, side) - 1) + self._m.lift)
        return max(self._m.corners, label) + (len(self._leaving[name, side]) - 1) * self._spacing(name, side)

    def _spacing(self, name: str, side: Side) -> int:
        """Return the distance of the lines at a side, with room for the labels between them."""
        return self._label_lines(name, side) * self._m.line + self._m.lift + self._m.pad

    def _label_lines(self, name: str, side: Side) -> int:
        return max((len(line.edge.label) for line in self._leaving[name, side]), default=0)

    def _gap(self, row: int) -> int:
        """Return the height of the gap above a row."""
        lines = max((self._label_lines(name, Side.BOTTOM) for name in self._names(row=row - 1)), default=0)
        return self._m.gap + self._m.lane * len(self._crossings[row]) + self._m.line * max(0, lines - 1)

    def _gutter(self, column: int) -> int:
        """Return the width of the gutter to the right of a column. Its lanes run clear of the labels of every row."""
        right, left = self._reaches(column, Side.RIGHT), self._reaches(column + 1, Side.LEFT)
        lanes = len(self._lanes[column]) * self._m.lane
        together = max(right.values()) + max(left.values(), default=0)
        labels = together if lanes else max(right.get(row, 0) + left.get(row, 0) for row in right | left)
        return max(self._m.gutter if left else 0, lanes + labels + self._m.pad * bool(lanes or labels))

    def _reaches(self, column: int, side: Side) -> dict[int, int]:
        """Return, by row, how far labels reach from a column into the gutter at that side."""
        cells = [(row, name) for name, (at, row) in self._arrangement.cells.items() if at == column]
        return {row: max(self._reach(name, side), self._overhang(name) * (side is Side.RIGHT)) for row, name in cells}

    def _reach(self, name: str, side: Side) -> int:
        return max((self._width(line) - self._beyond(line) for line in self._leaving[name, side]), default=0)

    def _overhang(self, name: str) -> int:
        """Return how far the labels of lines straight down, which begin inside the column, reach to its right."""
        half = self._column_width(self._arrangement.cells[name][0]) // 2
        lines = self._leaving[name, Side.BOTTOM]
        return max((self.arrival(line) + self._m.pen + self._width(line) - half for line in lines), default=0)

    def _width(self, line: Line) -> int:
        return self._m.pad + max(map(len, line.edge.label), default=0) * self._m.label

    def _beyond(self, line: Line) -> int:
        """Return how far a line, before it bends down, runs on above its target in the next column."""
        column, to_column = line.start[0], line.end[0]
        if line.shape is not Shape.ELBOW or abs(line.columns) > 1 or self._lanes[min(column, to_column)]:
            return 0
        return self._column_width(to_column) // 2 + self.arrival(line) * line.side - self._m.pad


def _gutter_of(line: Line) -> int:
    """Return the gutter that a line leaves into, by the column to its left."""
    return line.start[0] - (line.side is Side.LEFT)


def _ranges(parts: Iterable[tuple[int, int]]) -> list[range]:
    """Return the ranges of parts, given the space before each part and its size."""
    ranges = [range(0)]
    for space, size in parts:
        start = ranges[-1].stop + space
        ranges.append(range(start, start + size))
    return ranges[1:]
