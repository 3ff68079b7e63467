"""Charts over minutes as SVG: stacked bars and lines, in the colours of the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from saga.console.html import Html, tag

_WIDTH, _HEIGHT = 620, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 10, 22
_GRID = 4  # lines
_LABELS = 8  # along the minutes
_POWERS = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
_SIZES = tuple(_GRID * base * power for power in _POWERS for base in (1, 2, 5))

type Series = Mapping[str, Sequence[int | None]]  # by name; a look of the same name is in the style sheet


@dataclass(frozen=True)
class _Plane:
    """Where the values of a chart lie on it."""

    count: int
    top: int

    @property
    def step(self) -> float:
        return (_WIDTH - _LEFT - _RIGHT) / self.count

    def x(self, index: float) -> float:
        return round(_LEFT + index * self.step, 1)

    def y(self, value: float) -> float:
        return round(_HEIGHT - _BOTTOM - value / self.top * (_HEIGHT - _TOP - _BOTTOM), 1)


def bars(label: str, minutes: Sequence[str], series: Series) -> Html:
    """A bar for each minute, its parts on top of each other. `label` is said in place of the drawing."""
    totals = [sum(each or 0 for each in values) for values in zip(*series.values(), strict=True)]
    plane = _Plane(len(minutes), _round(max(totals, default=0)))
    parts = [part for index in range(len(minutes)) for part in _stack(plane, index, minutes[index], series)]
    return _chart(label, plane, minutes, str, parts)


def lines(label: str, minutes: Sequence[str], series: Series, unit: str) -> Html:
    """A line for each of the series, broken where there is no value."""
    highest = max((each for values in series.values() for each in values if each is not None), default=0)
    plane = _Plane(len(minutes), _round(highest))
    parts = [part for name, values in series.items() for part in _line(plane, name, values, minutes, unit)]
    return _chart(label, plane, minutes, lambda value: f"{value:,} {unit}", parts)


def legend(names: Sequence[str]) -> Html:
    """Which look is which."""
    return tag("ul", *(tag("li", tag("span", class_=f"key {name}"), name) for name in names), class_="legend")


def _stack(plane: _Plane, index: int, minute: str, series: Series) -> list[Html]:
    parts, below = [], 0
    for name, values in series.items():
        value = values[index] or 0
        height = round(plane.y(below) - plane.y(below + value), 1)
        place = {"x": plane.x(index + 0.12), "y": plane.y(below + value), "width": round(plane.step * 0.76, 1)}
        if value:
            title = tag("title", f"{minute}: {value} {name}")
            parts.append(tag("rect", title, class_=f"part {name}", height=height, **place))
        below += value
    return parts


def _line(plane: _Plane, name: str, values: Sequence[int | None], minutes: Sequence[str], unit: str) -> list[Html]:
    points = [(plane.x(index + 0.5), plane.y(value), value) for index, value in enumerate(values) if value is not None]
    gap = {plane.x(index + 0.5) for index, value in enumerate([None, *values]) if value is None}
    path = "".join(f"{'M' if x in gap else 'L'}{x} {y}" for x, y, _ in points)
    times = [minute for minute, value in zip(minutes, values, strict=True) if value is not None]
    dots = [
        tag("circle", tag("title", f"{time}: {name} {value:,} {unit}"), class_=f"dot {name}", cx=x, cy=y, r=3)
        for time, (x, y, value) in zip(times, points, strict=True)
    ]
    return [tag("path", class_=f"line {name}", d=path), *dots]


def _chart(
    label: str, plane: _Plane, minutes: Sequence[str], words: Callable[[int], str], parts: Sequence[Html]
) -> Html:
    grid = [part for index in range(_GRID + 1) for part in _grid(plane, plane.top * index // _GRID, words)]
    every = max(1, len(minutes) // _LABELS)
    times = [_time(plane, index, minute) for index, minute in enumerate(minutes) if index % every == 0]
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    return tag("svg", *grid, *times, *parts, viewBox=box, class_="chart", role="img", aria_label=label)


def _grid(plane: _Plane, value: int, words: Callable[[int], str]) -> list[Html]:
    y = plane.y(value)
    line = tag("path", class_="grid", d=f"M{_LEFT} {y}H{_WIDTH - _RIGHT}")
    return [line, tag("text", words(value), x=_LEFT - 6, y=y + 4, text_anchor="end")]


def _time(plane: _Plane, index: int, minute: str) -> Html:
    return tag("text", minute, x=plane.x(index + 0.5), y=_HEIGHT - 6, text_anchor="middle")


def _round(highest: int) -> int:
    """The end of the axis: the next round number that the grid divides."""
    return next(size for size in _SIZES if size >= highest)
