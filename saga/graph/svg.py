"""The drawing as SVG: stands alone, follows the reader's colour scheme, and can be read without colours."""

from collections.abc import Iterator, Mapping
from html import escape
from urllib.parse import quote

from saga.graph.arrow import arrow
from saga.graph.asl import Kind, Machine, parse
from saga.graph.layout import Box, Layout, Route, lay_out
from saga.graph.metrics import PIXELS
from saga.graph.status import Outcome, StateStatus, Statuses, status_of
from saga.graph.theme import DARK, LIGHT, Palette, Theme

# The PNG renderer takes only families that are installed, so one of each system is named.
_FONTS = "'Segoe UI',Helvetica,Arial,'DejaVu Sans','Liberation Sans','Noto Sans',sans-serif"
_ATTRIBUTES = f'class="saga-graph" role="group" aria-label="State machine" font-family="{_FONTS}"'

_MARKS = {
    Outcome.SUCCEEDED: "M-4 0 l3 3.5 l5 -7",
    Outcome.CAUGHT: "M0 -5 v5.5 M0 4.5 v0.1",
    Outcome.FAILED: "M-3.5 -3.5 l7 7 M3.5 -3.5 l-7 7",
    Outcome.RUNNING: "M-2 -4 l5.5 4 l-5.5 4 z",
    Outcome.NOT_REACHED: "M-3.5 0 h7",
}
_END_CLASSES = {"Succeed": "succeeded", "Fail": "failed"}

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


def render(definition: Mapping[str, object], statuses: Statuses = None, theme: Theme = "auto") -> str:
    """Draw a state machine, coloured by status where statuses are given.

    Each state is a link to `#` and its name. Raises DefinitionError.
    """
    machine = parse(definition)
    layout = lay_out(machine, PIXELS)
    parts = [*_edges(layout), *_states(machine, layout, statuses), *_labels(layout)]
    size = f'width="{layout.width}" height="{layout.height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {layout.width} {layout.height}" {_ATTRIBUTES}>'
    style = f"<style>{_STYLE}{_colours(theme)}</style>"
    canvas = f'<g class="canvas"><rect class="area" {size} rx="8"/></g>'
    return "\n".join([head, style, canvas, *parts, "</svg>\n"])


def _colours(theme: Theme) -> str:
    if theme == "auto":
        return f"{_rules(LIGHT)}@media (prefers-color-scheme: dark){{\n{_rules(DARK)}}}\n"
    return _rules(DARK if theme == "dark" else LIGHT)


def _rules(palette: Palette) -> str:
    rules = [f".saga-graph .label{{stroke:{palette['canvas'][0]}}}\n"]
    for name, (fill, border, text) in palette.items():
        scope = f".saga-graph .{name}"
        rules.append(f"{scope} .area{{fill:{fill};stroke:{border}}}{scope} .line{{stroke:{border}}}")
        rules.append(f"{scope} .ink{{fill:{border}}}{scope} .mark{{stroke:{fill}}}{scope} text{{fill:{text}}}\n")
    return "".join(rules)


def _edges(layout: Layout) -> Iterator[str]:
    x, y = layout.entry[0]
    yield f'<g class="next"><circle class="ink" cx="{x}" cy="{y}" r="5"/>{arrow(layout.entry)}</g>'
    for route in layout.routes:
        ends = f'data-from="{escape(route.edge.source)}" data-to="{escape(route.edge.target)}"'
        yield f'<g class="{_edge_class(route)}" {ends}>{arrow(route.points)}</g>'


def _edge_class(route: Route) -> str:
    return "catch" if route.edge.kind is Kind.CATCH else "next"


def _states(machine: Machine, layout: Layout, statuses: Statuses) -> Iterator[str]:
    for name, box in layout.boxes.items():
        yield _state(name, machine.types[name], box, status_of(name, statuses))


def _state(name: str, kind: str, box: Box, status: StateStatus | None) -> str:
    style = status.outcome.slug if status else _END_CLASSES.get(kind, "plain")
    spoken = f"{name}: {kind}, {status.words}" if status else f"{name}: {kind}"
    drawn = f"{_shape(box, kind)}{_sign(box, status)}{_texts(box, name, kind, status)}"
    return f'<a href="#{quote(name)}" aria-label="{escape(spoken)}" class="{style}">{drawn}</a>'


def _shape(box: Box, kind: str) -> str:
    corner = box.height // 2 if kind in _END_CLASSES else 8
    size = f'x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"'
    return f'<rect class="area" {size} rx="{corner}"/>'


def _sign(box: Box, status: StateStatus | None) -> str:
    if not status:
        return ""
    place = f'transform="translate({box.x + 22} {box.middle[1]})"'
    return f'<g {place}><circle class="ink" r="9"/><path class="mark" d="{_MARKS[status.outcome]}"/></g>'


def _texts(box: Box, name: str, kind: str, status: StateStatus | None) -> str:
    x, anchor = (box.x + 40, "start") if status else (box.middle[0], "middle")
    lines = (("name", -3, name), ("detail", 14, status.words if status else kind))
    return "".join(
        f'<text class="{style}" x="{x}" y="{box.middle[1] + shift}" text-anchor="{anchor}">{escape(text)}</text>'
        for style, shift, text in lines
    )


def _labels(layout: Layout) -> Iterator[str]:
    for route in layout.routes:
        (x, y), anchor = route.label, "end" if route.flush_right else "start"
        for index, text in enumerate(route.edge.lines):
            place = f'x="{x}" y="{y + PIXELS.line * index + 12}" text-anchor="{anchor}"'
            yield f'<g class="{_edge_class(route)}"><text class="label" {place}>{escape(text)}</text></g>'
