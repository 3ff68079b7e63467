"""The drawing for a terminal: boxes and arrows, or a list if the terminal is too narrow for them."""

from collections.abc import Mapping
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text
from rich.tree import Tree

from saga.graph.asl import Edge, Machine, parse
from saga.graph.canvas import Canvas
from saga.graph.layout import Box, Layout, Route, lay_out
from saga.graph.outcome import Outcome, StateStatus, Statuses, state_status
from saga.graph.theme import CELLS


class _Drawing(NamedTuple):
    machine: Machine
    layout: Layout
    statuses: Statuses

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._drawn() if self.layout.width <= options.max_width else self._listed()
        if self.statuses is not None:
            yield "  ".join(f"{outcome.glyph} {outcome}" for outcome in Outcome)

    def _drawn(self) -> Text:
        canvas = Canvas()
        canvas.line(self.layout.entry, "", dashed=False)
        canvas.write(self.layout.entry[0], "●", "")
        for route in self.layout.routes:
            canvas.line(route.points, _style(route.edge), dashed=route.edge.catch)
        for name, box in self.layout.boxes.items():
            _write_box(canvas, box, name, self.machine.label(name), state_status(name, self.statuses))
        for route in self.layout.routes:
            _write_label(canvas, route)
        return canvas.text()

    def _listed(self) -> Tree:
        tree = Tree(Text("●"))
        for name in self.layout.boxes:
            status = state_status(name, self.statuses)
            text = status.text if status else self.machine.label(name)
            branch = tree.add(Text.assemble((_titled(name, status), _colour(status)), f"  {text}"))
            for edge in self.machine.edges:
                if edge.source == name:
                    reasons = f": {' '.join(edge.label)}" if edge.reasons else ""
                    branch.add(Text(f"{'⇢' if edge.catch else '→'} {edge.target}{reasons}", style=_style(edge)))
        return tree


def _style(edge: Edge) -> str:
    return "yellow" if edge.catch else ""


def _colour(status: StateStatus | None) -> str:
    return status.outcome.style if status else ""


def _titled(name: str, status: StateStatus | None) -> str:
    return f"{status.outcome.glyph} {name}" if status else name


def _write_box(canvas: Canvas, box: Box, name: str, kind: str, status: StateStatus | None) -> None:
    across, blank = "─" * (box.width - 2), " " * (box.width - 2)
    for row, text in enumerate([f"╭{across}╮", *[f"│{blank}│"] * (box.height - 2), f"╰{across}╯"]):
        canvas.write((box.x, box.y + row), text, _colour(status))
    canvas.write((box.x + 2, box.y), f" {kind} ", _colour(status))
    title = _titled(name, status) if status else name.center(box.width - 4)
    canvas.write((box.x + 2, box.middle[1]), title, _colour(status))
    if status and status.retries:
        canvas.write((box.x + 2, box.y + box.height - 1), f" {status.retry_text} ", _colour(status))


def _write_label(canvas: Canvas, route: Route) -> None:
    x, y = route.label_at
    for index, text in enumerate(route.edge.label):
        canvas.write((x - len(text) if route.flush_right else x, y + index), text, _style(route.edge))


def to_text(definition: Mapping[str, object], statuses: Statuses = None) -> RenderableType:
    """Return a drawing that rich fits to the width of the console.

    Raises:
        DefinitionError: the definition cannot be drawn.
    """
    machine = parse(definition)
    return _Drawing(machine, lay_out(machine, CELLS), statuses)
