"""The drawing as SVG. It stands alone, follows the reader's colour scheme, and is legible without colours."""

from collections.abc import Iterator, Mapping
from html import escape
from urllib.parse import quote

from saga.graph.asl import Machine, parse
from saga.graph.layout import Box, Layout, Point, Route, lay_out
from saga.graph.outcome import Outcome, StateStatus, Statuses, state_status
from saga.graph.theme import DARK, LIGHT, PIXELS, Palette

# The PNG renderer takes only installed families, so the list has one of each system.
_FONTS = "'Segoe UI',Helvetica,Arial,'DejaVu Sans','Liberation Sans','Noto Sans',sans-serif"
_ATTRIBUTES = f'class="saga-graph" role="group" aria-label="State machine" font-family="{_FONTS}"'

_MARKS = {
    Outcome.SUCCEEDED: "M-4 0 l3 3.5 l5 -7",
    Outcome.CAUGHT: "M0 -5 v5.5 M0 4.5 v0.1",
    Outcome.FAILED: "M-3.5 -3.5 l7 7 M3.5 -3.5 l-7 7",
    Outcome.RUNNING: "M-2 -4 l5.5 4 l-5.5 4 z",
    Outcome.NOT_REACHED: "M-3.5 0 h7",
}
_CORNER = _TIP = 8

_STYLE = """
.saga-graph .area{stroke-width:1.5}
.saga-graph .line{fill:none;stroke-width:1.6}
.saga-graph .catch .line{stroke-dasharray:5 4}
.saga-graph .mark{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.saga-graph .name{font-size:13px;font-weight:600}
.saga-graph .detail,.saga-graph .label{font-size:12px}
.saga-graph .label{paint-order:stroke;stroke-width:4;stroke-linejoin:round}
.saga-graph a:hover .area,.saga-graph a:focus-visible .area{stroke-width:3}
"""


def render(definition: Mapping[str, object], statuses: Statuses = None) -> str:
    """Draw a state machine, coloured by its statuses. Each state is a link to `#` and its name.

    Raises:
        DefinitionError: the definition cannot be drawn.
    """
    machine = parse(definition)
    layout = lay_out(machine, PIXELS)
    parts = [*_edges(layout), *_states(machine, layout, statuses), *_labels(layout)]
    size = f'width="{layout.width}" height="{layout.height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {layout.width} {layout.height}" {_ATTRIBUTES}>'
    style = f"<style>{_STYLE}{_rules(LIGHT)}@media (prefers-color-scheme: dark){{\n{_rules(DARK)}}}\n</style>"
    canvas = f'<g class="canvas"><rect class="area" {size} rx="8"/></g>'
    return "\n".join([head, style, canvas, *parts, "</svg>\n"])


def _rules(palette: Palette) -> str:
    rules = [f".saga-graph .label{{stroke:{palette['canvas'][0]}}}\n"]
    for name, (fill, border, text) in palette.items():
        scope = f".saga-graph .{name}"
        rules.append(f"{scope} .area{{fill:{fill};stroke:{border}}}{scope} .line{{stroke:{border}}}")
        rules.append(f"{scope} .ink{{fill:{border}}}{scope} .mark{{stroke:{fill}}}{scope} text{{fill:{text}}}\n")
    return "".join(rules)


def _edges(layout: Layout) -> Iterator[str]:
    x, y = layout.entry[0]
    yield f'<g class="next"><circle class="ink" cx="{x}" cy="{y}" r="5"/>{_arrow(layout.entry)}</g>'
    for route in layout.routes:
        ends = f'data-from="{escape(route.edge.source)}" data-to="{escape(route.edge.target)}"'
        yield f'<g class="{_edge_class(route)}" {ends}>{_arrow(route.points)}</g>'


def _arrow(points: tuple[Point, ...]) -> str:
    """Return a line through the points, with a tip at its end."""
    (x, y), (to_x, to_y) = points[-2:]
    right, down = (to_x > x) - (to_x < x), (to_y > y) - (to_y < y)
    base_x, base_y = to_x - right * _TIP, to_y - down * _TIP
    across, along = down * _TIP // 2, right * _TIP // 2
    tip = f"M{to_x} {to_y}L{base_x + across} {base_y + along}L{base_x - across} {base_y - along}Z"
    return f'<path class="line" d="{_path((*points[:-1], (base_x, base_y)))}"/><path class="ink" d="{tip}"/>'


def _path(points: tuple[Point, ...]) -> str:
    """Return a line through the points, with rounded corners."""
    start, *bends, end = points
    path = [f"M{start[0]} {start[1]}"]
    for before, bend, after in zip(points, bends, points[2:], strict=False):
        entry, leave = _towards(bend, before), _towards(bend, after)
        path.append(f"L{entry[0]} {entry[1]}Q{bend[0]} {bend[1]} {leave[0]} {leave[1]}")
    return "".join([*path, f"L{end[0]} {end[1]}"])


def _towards(bend: Point, other: Point) -> Point:
    x, y = (max(-_CORNER, min(_CORNER, (to - at) // 2)) for at, to in zip(bend, other, strict=True))
    return bend[0] + x, bend[1] + y


def _edge_class(route: Route) -> str:
    return "catch" if route.edge.catch else "next"


def _states(machine: Machine, layout: Layout, statuses: Statuses) -> Iterator[str]:
    for name, box in layout.boxes.items():
        kind, status = machine.label(name), state_status(name, statuses)
        style = status.outcome.slug if status else _style(machine, name)
        description = f"{name}: {kind}, {status.text}" if status else f"{name}: {kind}"
        size = f'x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"'
        area = f'<rect class="area" {size} rx="{box.height // 2 if name in machine.ends else 8}"/>'
        drawn = f"{area}{_sign(box, status)}{_texts(box, name, kind, status)}"
        yield f'<a href="#{quote(name)}" aria-label="{escape(description)}" class="{style}">{drawn}</a>'


def _style(machine: Machine, name: str) -> str:
    if name not in machine.ends:
        return "plain"
    return "failed" if machine.types[name] == "Fail" else "succeeded"


def _sign(box: Box, status: StateStatus | None) -> str:
    if not status:
        return ""
    place = f'transform="translate({box.x + 22} {box.middle[1]})"'
    return f'<g {place}><circle class="ink" r="9"/><path class="mark" d="{_MARKS[status.outcome]}"/></g>'


def _texts(box: Box, name: str, kind: str, status: StateStatus | None) -> str:
    x, anchor = (box.x + 40, "start") if status else (box.middle[0], "middle")
    lines = (("name", -3, name), ("detail", 14, status.text if status else kind))
    return "".join(
        f'<text class="{style}" x="{x}" y="{box.middle[1] + shift}" text-anchor="{anchor}">{escape(text)}</text>'
        for style, shift, text in lines
    )


def _labels(layout: Layout) -> Iterator[str]:
    for route in layout.routes:
        (x, y), anchor = route.label_at, "end" if route.flush_right else "start"
        for index, text in enumerate(route.edge.label):
            place = f'x="{x}" y="{y + PIXELS.line * index + 12}" text-anchor="{anchor}"'
            yield f'<g class="{_edge_class(route)}"><text class="label" {place}>{escape(text)}</text></g>'
