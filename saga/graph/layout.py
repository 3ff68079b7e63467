"""Boxes and lines of a state machine on a plane, the same every time.

Lines run in the gutters between columns and the gaps between rows, each in its own lane, so no line meets a box. Each
label has reserved space.
"""

from typing import NamedTuple

from saga.graph.asl import Edge, Machine
from saga.graph.grid import Grid
from saga.graph.lines import Line, Shape, Side, arrange
from saga.graph.theme import Metrics

type Point = tuple[int, int]


class Box(NamedTuple):
    """A state's place: upper left corner and size."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> Point:
        """The point in the middle."""
        return self.x + self.width // 2, self.y + self.height // 2


class Route(NamedTuple):
    """A line between two states. `label_at` is the upper left corner of its text, or the right one if `flush_right`."""

    edge: Edge
    points: tuple[Point, ...]
    label_at: Point
    flush_right: bool


class Layout(NamedTuple):
    """A drawing with sizes, in the unit of the metrics."""

    boxes: dict[str, Box]
    entry: tuple[Point, Point]  # the line to the start
    routes: list[Route]
    width: int
    height: int


def lay_out(machine: Machine, metrics: Metrics) -> Layout:
    """Lay out a machine."""
    arrangement = arrange(machine)
    grid = Grid(arrangement, metrics)
    boxes = {name: _box(grid.columns[column], grid.rows[row]) for name, (column, row) in arrangement.cells.items()}
    routes = [_route(line, boxes, grid, metrics) for line in arrangement.lines]
    x, y = boxes[machine.start].middle[0], boxes[machine.start].y
    entry = ((x, y - metrics.gap + metrics.edge), (x, y))
    return Layout(boxes, entry, routes, grid.width, grid.height)


def _box(column: range, row: range) -> Box:
    return Box(column.start, row.start, len(column), len(row))


def _route(line: Line, boxes: dict[str, Box], grid: Grid, metrics: Metrics) -> Route:
    points = _points(line, boxes[line.edge.source], boxes[line.edge.target], grid)
    x, y = points[0]
    if line.shape is Shape.DOWN:
        corner = (x + metrics.pen + metrics.pad, y + metrics.drop)
    else:
        corner = (x + metrics.pad * line.side, y - metrics.lift - len(line.edge.label) * metrics.line)
    return Route(line.edge, points, corner, line.side is Side.LEFT)


def _points(line: Line, source: Box, target: Box, grid: Grid) -> tuple[Point, ...]:
    x, y = _side(source, line.side), source.middle[1] + grid.departure(line)
    if line.shape is Shape.LEVEL:
        return ((x, y), (_side(target, Side(-line.side)), y))
    to_x = target.middle[0] + grid.arrival(line)
    match line.shape:
        case Shape.DOWN:
            return ((to_x, source.y + source.height), (to_x, target.y))
        case Shape.ELBOW:
            return ((x, y), (to_x, y), (to_x, target.y))
    lane, crossing = grid.lane(line), grid.crossing(line)
    return ((x, y), (lane, y), (lane, crossing), (to_x, crossing), (to_x, target.y))


def _side(box: Box, side: Side) -> int:
    return box.x if side is Side.LEFT else box.x + box.width
