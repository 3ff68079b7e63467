"""Boxes and lines of a state machine on a plane, the same every time.

Lines run in the gutters between columns and the gaps between rows, each in a lane of its own, so that none meets a
box; each label stands in room that was set aside for it.
"""

from dataclasses import dataclass

from saga.graph.asl import Edge, Machine
from saga.graph.grid import Grid, Span
from saga.graph.metrics import Metrics
from saga.graph.plan import Plan, Shape, Side, sketch

type Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A state's place: left upper corner and size."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> Point:
        """Return the point in the middle."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True, slots=True)
class Route:
    """A line between two states; `label` is the left upper corner of its text, or the right one where `flush_right`."""

    edge: Edge
    points: tuple[Point, ...]
    label: Point
    flush_right: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing with sizes, in the unit of the metrics."""

    boxes: dict[str, Box]
    entry: tuple[Point, Point]  # the line to the start
    routes: list[Route]
    width: int
    height: int


def lay_out(machine: Machine, metrics: Metrics) -> Layout:
    """Lay out a machine."""
    arranged = sketch(machine)
    grid = Grid(arranged, metrics)
    boxes = {name: _box(grid.columns[column], grid.rows[row]) for name, (column, row) in arranged.cells.items()}
    routes = [_route(line, boxes[line.edge.source], boxes[line.edge.target], grid, metrics) for line in arranged.plans]
    x, y = boxes[machine.start].middle[0], boxes[machine.start].y
    entry = ((x, y - metrics.gap + metrics.edge), (x, y))
    return Layout(boxes, entry, routes, grid.width, grid.height)


def _box(column: Span, row: Span) -> Box:
    return Box(column.start, row.start, column.size, row.size)


def _route(line: Plan, source: Box, target: Box, grid: Grid, metrics: Metrics) -> Route:
    points = _points(line, source, target, grid)
    (x, y), lines = points[0], len(line.edge.lines)
    if line.shape is Shape.DOWN:
        corner = (x + metrics.pen + metrics.pad, y + metrics.drop)
    else:
        corner = (x + metrics.pad * line.side, y - metrics.lift - lines * metrics.line)
    return Route(line.edge, points, corner, line.side is Side.LEFT)


def _points(line: Plan, source: Box, target: Box, grid: Grid) -> tuple[Point, ...]:
    if line.shape is Shape.DOWN:
        x = target.middle[0] + grid.arrival(line)
        return ((x, source.y + source.height), (x, target.y))
    x, y = _side(source, line.side), source.middle[1] + grid.departure(line)
    if line.shape is Shape.LEVEL:
        return ((x, y), (_side(target, Side(-line.side)), y))
    to_x = target.middle[0] + grid.arrival(line)
    if line.shape is Shape.ELBOW:
        return ((x, y), (to_x, y), (to_x, target.y))
    lane, crossing = grid.lane(line), grid.crossing(line)
    return ((x, y), (lane, y), (lane, crossing), (to_x, crossing), (to_x, target.y))


def _side(box: Box, side: Side) -> int:
    return box.x if side is Side.LEFT else box.x + box.width
