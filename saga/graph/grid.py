"""How wide and high the columns, gutters, rows and gaps of a drawing are, and where in them the lines run."""

from collections import defaultdict
from dataclasses import dataclass

from saga.graph.metrics import Metrics
from saga.graph.plan import Plan, Shape, Side, Sketch


@dataclass(frozen=True, slots=True)
class Span:
    """Where a column or row begins, and how wide or high it is."""

    start: int
    size: int

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.start + self.size


class Grid:
    """The columns and rows of a sketch, as spans of the boxes in them."""

    def __init__(self, sketch: Sketch, metrics: Metrics) -> None:
        self._sketch, self._m = sketch, metrics
        self._lanes: dict[int, list[Plan]] = defaultdict(list)
        self._crossings: dict[int, list[Plan]] = defaultdict(list)
        self._allot()
        self.columns = self._columns()
        self.rows = self._rows()
        self.width = self.columns[-1].end + self._gutter(len(self.columns) - 1) + metrics.edge
        self.height = self.rows[-1].end + metrics.edge

    def lane(self, line: Plan) -> int:
        """Return the x at which a winding line runs along its gutter."""
        gutter = self._gutter_of(line)
        labels = max(self._reaches(gutter, Side.RIGHT).values())
        return self.columns[gutter].end + labels + self._m.pad + self._m.lane * self._lanes[gutter].index(line)

    def crossing(self, line: Plan) -> int:
        """Return the y at which a winding line runs along the gap above its target."""
        row = self._sketch.cells[line.edge.target][1]
        return self.rows[row].start - self._m.pad - self._m.lane * (1 + self._crossings[row].index(line))

    def arrival(self, line: Plan) -> int:
        """Return how far right of the middle a line arrives at the top of a box."""
        return self._sketch.arriving_slot(line) * self._m.spread // 2

    def departure(self, line: Plan) -> int:
        """Return how far below the middle a line leaves the side of a box."""
        return self._sketch.leaving_slot(line) * self._spacing(line.edge.source, line.side) // 2

    def _allot(self) -> None:
        def passed(line: Plan) -> int:
            return abs(self._sketch.cells[line.edge.target][1] - self._sketch.cells[line.edge.source][1])

        winding = sorted((line for line in self._sketch.plans if line.shape is Shape.WINDING), key=passed)
        for line in winding:
            self._crossings[self._sketch.cells[line.edge.target][1]].append(line)
        # What comes from the left has the lanes at the left: so lines that leave two facing boxes do not meet.
        for line in sorted(winding, key=lambda line: -line.side):
            self._lanes[self._gutter_of(line)].append(line)

    def _gutter_of(self, line: Plan) -> int:
        """Return the gutter a line leaves into, by the column to its left."""
        return self._sketch.cells[line.edge.source][0] - (line.side is Side.LEFT)

    def _columns(self) -> list[Span]:
        spans: list[Span] = []
        for column in range(1 + max(column for column, _ in self._sketch.cells.values())):
            start = spans[-1].end + self._gutter(column - 1) if spans else self._m.edge
            spans.append(Span(start, self._column_width(column)))
        return spans

    def _rows(self) -> list[Span]:
        spans: list[Span] = []
        for row in range(1 + max(row for _, row in self._sketch.cells.values())):
            start = (spans[-1].end if spans else 0) + self._gap(row)
            spans.append(Span(start, max(self._box_height(name) for name in self._names(row=row))))
        return spans

    def _names(self, *, column: int | None = None, row: int | None = None) -> list[str]:
        cells = self._sketch.cells.items()
        return [name for name, cell in cells if column in {None, cell[0]} and row in {None, cell[1]}]

    def _column_width(self, column: int) -> int:
        return max(self._m.box[0], *map(self._box_width, self._names(column=column)))

    def _box_width(self, name: str) -> int:
        arriving = len(self._sketch.arriving.get(name, ()))
        return max(len(name) * self._m.name + self._m.frame, 2 * arriving * self._m.spread)

    def _box_height(self, name: str) -> int:
        return max(self._m.box[1], self._side_height(name, Side.LEFT), self._side_height(name, Side.RIGHT))

    def _side_height(self, name: str, side: Side) -> int:
        # The label of the topmost line may rise above the box by one line of text.
        label = 2 * (self._m.line * (self._label_lines(name, side) - 1) + self._m.lift)
        lines = len(self._sketch.leaving.get((name, side), ()))
        return max(self._m.corners, label) + (lines - 1) * self._spacing(name, side)

    def _spacing(self, name: str, side: Side) -> int:
        """Return the distance of the lines at a side, with room for the labels between them."""
        return self._label_lines(name, side) * self._m.line + self._m.lift + self._m.pad

    def _label_lines(self, name: str, side: Side) -> int:
        return max((len(line.edge.lines) for line in self._sketch.leaving.get((name, side), ())), default=0)

    def _gap(self, row: int) -> int:
        """Return the height of the gap above a row."""
        lines = max((self._label_lines(name, Side.BOTTOM) for name in self._names(row=row - 1)), default=0)
        return self._m.gap + self._m.lane * len(self._crossings[row]) + self._m.line * max(0, lines - 1)

    def _gutter(self, column: int) -> int:
        """Return the width of the gutter to the right of a column: its lanes run clear of the labels of every row."""
        right, left = self._reaches(column, Side.RIGHT), self._reaches(column + 1, Side.LEFT)
        lanes = len(self._lanes[column]) * self._m.lane
        if lanes:
            labels = max(right.values()) + max(left.values(), default=0)
        else:
            labels = max(right.get(row, 0) + left.get(row, 0) for row in right | left)
        return max(self._m.gutter if left else 0, lanes + labels + self._m.pad * bool(lanes or labels))

    def _reaches(self, column: int, side: Side) -> dict[int, int]:
        """Return, by row, how far labels reach from a column into the gutter at that side."""
        cells = [(row, name) for name, (at, row) in self._sketch.cells.items() if at == column]
        return {row: max(self._reach(name, side), self._overhang(name) * (side is Side.RIGHT)) for row, name in cells}

    def _reach(self, name: str, side: Side) -> int:
        lines = self._sketch.leaving.get((name, side), ())
        return max((self._width(line) - self._beyond(line) for line in lines), default=0)

    def _overhang(self, name: str) -> int:
        """Return how far the labels of lines straight down, which begin inside the column, reach to its right."""
        half = self._column_width(self._sketch.cells[name][0]) // 2
        lines = self._sketch.leaving.get((name, Side.BOTTOM), ())
        return max((self.arrival(line) + self._m.pen + self._width(line) - half for line in lines), default=0)

    def _width(self, line: Plan) -> int:
        return self._m.pad + max(map(len, line.edge.lines), default=0) * self._m.label

    def _beyond(self, line: Plan) -> int:
        """Return how far a line, before it bends down, runs on above its target in the next column."""
        column, to_column = self._sketch.cells[line.edge.source][0], self._sketch.cells[line.edge.target][0]
        if line.shape is not Shape.ELBOW or abs(column - to_column) > 1 or self._lanes[min(column, to_column)]:
            return 0
        return self._column_width(to_column) // 2 + self.arrival(line) * line.side - self._m.pad
