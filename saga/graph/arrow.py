"""A line with a tip, as SVG paths."""

from saga.graph.layout import Point

_CORNER, _TIP = 8, 8


def arrow(points: tuple[Point, ...]) -> str:
    """Return the line through the points and a tip at its end."""
    (x, y), (to_x, to_y) = points[-2:]
    right, down = (to_x > x) - (to_x < x), (to_y > y) - (to_y < y)
    base_x, base_y = to_x - right * _TIP, to_y - down * _TIP
    across, along = down * _TIP // 2, right * _TIP // 2
    tip = f"M{to_x} {to_y}L{base_x + across} {base_y + along}L{base_x - across} {base_y - along}Z"
    return f'<path class="line" d="{_path((*points[:-1], (base_x, base_y)))}"/><path class="ink" d="{tip}"/>'


def _path(points: tuple[Point, ...]) -> str:
    """Return the line through the points, with its corners rounded."""
    start, *bends, end = points
    path = [f"M{start[0]} {start[1]}"]
    for before, bend, after in zip(points, bends, points[2:], strict=False):
        entry, leave = _towards(bend, before), _towards(bend, after)
        path.append(f"L{entry[0]} {entry[1]}Q{bend[0]} {bend[1]} {leave[0]} {leave[1]}")
    return "".join([*path, f"L{end[0]} {end[1]}"])


def _towards(bend: Point, other: Point) -> Point:
    x, y = (max(-_CORNER, min(_CORNER, (to - at) // 2)) for at, to in zip(bend, other, strict=True))
    return bend[0] + x, bend[1] + y
