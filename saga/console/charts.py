"""Charts over minutes as SVG: stacked bars and lines, in the colours of the style sheet.

Each value has a tooltip without a script, and a chart doesn't change while its values don't. pygal offers neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from saga.console.html import Html, tag

_WIDTH, _HEIGHT = 620, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 10, 22
_GRID_LINES = 4
_LABELS = 8  # along the minutes
_AXIS_ENDS: tuple[int, ...] = tuple(_GRID_LINES * base * 10**power for power in range(8) for base in (1, 2, 5))

type Series = Mapping[str, Sequence[int | None]]  # by name, which is also its class in the style sheet


@dataclass(frozen=True)
class _Plane:
    """Maps minutes and values to coordinates; the axis ends at the next round number above `highest`."""

    minutes: Sequence[str]
    highest: int
    unit: str

    @property
    def top(self) -> int:
        return next(end for end in _AXIS_ENDS if end >= self.highest)

    @property
    def step(self) -> float:
        return (_WIDTH - _LEFT - _RIGHT) / len(self.minutes)

    def x(self, index: float) -> float:
        return round(_LEFT + index * self.step, 1)

    def y(self, value: float) -> float:
        return round(_HEIGHT - _BOTTOM - value / self.top * (_HEIGHT - _TOP - _BOTTOM), 1)

    def text(self, value: int) -> str:
        return f"{value:,} {self.unit}".rstrip()


def bars(label: str, minutes: Sequence[str], series: Series) -> Html:
    """Return a stacked bar for each minute; `label` describes the chart."""
    totals = [sum(value or 0 for value in values) for values in zip(*series.values(), strict=True)]
    plane = _Plane(minutes, max(totals, default=0), "")
    return _chart(label, plane, (part for index in range(len(minutes)) for part in _stack(plane, index, series)))


def lines(label: str, minutes: Sequence[str], series: Series, unit: str) -> Html:
    """Return a line for each series, broken where there is no value; `label` describes the chart."""
    highest = max((value for values in series.values() for value in values if value is not None), default=0)
    plane = _Plane(minutes, highest, unit)
    return _chart(label, plane, (part for name, values in series.items() for part in _line(plane, name, values)))


def legend(names: Iterable[str]) -> Html:
    """Return which colour is which series."""
    return tag("ul", *(tag("li", tag("span", class_=f"key {name}"), name) for name in names), class_="legend")


def _stack(plane: _Plane, index: int, series: Series) -> Iterable[Html]:
    below = 0
    for name, values in series.items():
        if value := values[index]:
            y, height = plane.y(below + value), round(plane.y(below) - plane.y(below + value), 1)
            place = {"x": plane.x(index + 0.12), "y": y, "width": round(plane.step * 0.76, 1), "height": height}
            title = tag("title", f"{plane.minutes[index]}: {value} {name}")
            yield tag("rect", title, class_=f"part {name}", **place)
            below += value


def _line(plane: _Plane, name: str, values: Sequence[int | None]) -> Iterable[Html]:
    path, dots = "", []
    for index, value in enumerate(values):
        if value is not None:
            x, y = plane.x(index + 0.5), plane.y(value)
            path += f"{'L' if index and values[index - 1] is not None else 'M'}{x} {y}"
            title = tag("title", f"{plane.minutes[index]}: {name} {plane.text(value)}")
            dots.append(tag("circle", title, class_=f"dot {name}", cx=x, cy=y, r=3))
    return tag("path", class_=f"line {name}", d=path), *dots


def _chart(label: str, plane: _Plane, parts: Iterable[Html]) -> Html:
    grid = []
    for value in range(0, plane.top + 1, plane.top // _GRID_LINES):
        y = plane.y(value)
        grid.append(tag("path", class_="grid", d=f"M{_LEFT} {y}H{_WIDTH - _RIGHT}"))
        grid.append(tag("text", plane.text(value), x=_LEFT - 6, y=y + 4, text_anchor="end"))
    for index in range(0, len(plane.minutes), max(1, len(plane.minutes) // _LABELS)):
        x, minute = plane.x(index + 0.5), plane.minutes[index]
        grid.append(tag("text", minute, x=x, y=_HEIGHT - 6, text_anchor="middle"))
    return tag("svg", *grid, *parts, viewBox=f"0 0 {_WIDTH} {_HEIGHT}", class_="chart", role="img", aria_label=label)
