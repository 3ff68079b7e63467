"""The drawing for a terminal: lines of box characters, or a list where the terminal is too narrow for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from saga.graph.asl import Edge, Kind, Machine, parse
from saga.graph.canvas import Canvas
from saga.graph.layout import Box, Layout, Route, lay_out
from saga.graph.metrics import CELLS
from saga.graph.status import STYLES, Outcome, StateStatus, Statuses, status_of

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text
    from rich.tree import Tree


@dataclass(frozen=True, slots=True)
class _Drawing:
    machine: Machine
    layout: Layout
    statuses: Statuses

    def __rich_console__(self, _console: "Console", options: "ConsoleOptions") -> "RenderResult":
        yield self._drawn() if self.layout.width <= options.max_width else self._listed()
        if self.statuses is not None:
            yield "  ".join(f"{outcome.glyph} {outcome}" for outcome in Outcome)

    def _drawn(self) -> "Text":
        canvas = Canvas()
        canvas.line(self.layout.entry, "", dashed=False)
        canvas.write(self.layout.entry[0], "●", "")
        for route in self.layout.routes:
            canvas.line(route.points, _style(route.edge), dashed=route.edge.kind is Kind.CATCH)
        for name, box in self.layout.boxes.items():
            _write_box(canvas, box, name, self.machine.types[name], status_of(name, self.statuses))
        for route in self.layout.routes:
            _write_label(canvas, route)
        return canvas.text()

    def _listed(self) -> "Tree":
        from rich.text import Text  # noqa: PLC0415  (keeps the command's help fast)
        from rich.tree import Tree  # noqa: PLC0415

        tree = Tree(Text("●"))
        for name in self.layout.boxes:
            status = status_of(name, self.statuses)
            words = status.words if status else self.machine.types[name]
            branch = tree.add(Text.assemble((f"{_titled(name, status)}", _colour(status)), f"  {words}"))
            for edge in self.machine.edges:
                if edge.source == name:
                    branch.add(Text(_phrase(edge), style=_style(edge)))
        return tree


def _style(edge: Edge) -> str:
    return "yellow" if edge.kind is Kind.CATCH else ""


def _colour(status: StateStatus | None) -> str:
    return STYLES[status.outcome] if status else ""


def _titled(name: str, status: StateStatus | None) -> str:
    return f"{status.outcome.glyph} {name}" if status else name


def _phrase(edge: Edge) -> str:
    arrow = "⇢" if edge.kind is Kind.CATCH else "→"
    return f"{arrow} {edge.target}: {' '.join(edge.lines)}" if edge.reasons else f"{arrow} {edge.target}"


def _write_box(canvas: Canvas, box: Box, name: str, kind: str, status: StateStatus | None) -> None:
    retries = status.retry_words if status else ""
    across, blank = "─" * (box.width - 2), " " * (box.width - 2)
    for row, text in enumerate([f"╭{across}╮", *[f"│{blank}│"] * (box.height - 2), f"╰{across}╯"]):
        canvas.write((box.x, box.y + row), text, _colour(status))
    canvas.write((box.x + 2, box.y), f" {kind} ", _colour(status))
    title = _titled(name, status) if status else name.center(box.width - 4)
    canvas.write((box.x + 2, box.middle[1]), title, _colour(status))
    if retries:
        canvas.write((box.x + 2, box.y + box.height - 1), f" {retries} ", _colour(status))


def _write_label(canvas: Canvas, route: Route) -> None:
    x, y = route.label
    for index, text in enumerate(route.edge.lines):
        canvas.write((x - len(text) if route.flush_right else x, y + index), text, _style(route.edge))


def to_text(definition: Mapping[str, object], statuses: Statuses = None) -> "RenderableType":
    """Draw a state machine for `rich` to print, to the width of the console. Raises DefinitionError."""
    machine = parse(definition)
    return _Drawing(machine, lay_out(machine, CELLS), statuses)
