"""Elements of a NiceGUI page, updated in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nicegui import ui

from saga.console.html import Content, Html, join, tag


@dataclass(frozen=True)
class Column:
    """A column of a table; `style` holds classes: `number` aligns right, `wide` is hidden on a narrow screen."""

    name: str
    style: str | None = None


def cells(columns: Sequence[Column], *contents: Content) -> Html:
    """Return the cells of a row, one for each column."""
    return join(*(tag("td", content, class_=column.style) for column, content in zip(columns, contents, strict=True)))


def markup(content: str = "", tag: str = "div", classes: str = "") -> ui.html:
    """Add an element with this markup in it, which `set_content` replaces."""
    return ui.html(content, sanitize=False, tag=tag).classes(classes)


def scrollable[E: ui.element](element: E, label: str) -> E:
    """Make an element scroll sideways when it is too wide, by keyboard too."""
    element.classes("scroll").props(f'tabindex=0 role=region aria-label="{label}"')
    return element


def table(label: str, columns: Sequence[Column]) -> "Rows":
    """Add a table and return its rows."""
    names = (tag("th", column.name, scope="col", class_=column.style) for column in columns)
    with scrollable(ui.element("div"), label), ui.element("table"):
        markup(tag("tr", *names), "thead")
        return Rows(ui.element("tbody"), "tr")


def table_card(label: str, columns: Sequence[Column]) -> "tuple[Rows, ui.html]":
    """Add a card with a table; return the table's rows and an element below them."""
    with ui.element("div").classes("card"):
        return table(label, columns), markup()


def card(title: str, name: str, aside: Html | None = None) -> ui.element:
    """Add a section with a title; `name` is its fragment in the URL."""
    section = ui.element("section").classes("card").props(f"id={name} aria-labelledby={name}-title")
    with section:
        markup(join(tag("h2", title, id=f"{name}-title"), tag("div", aside, class_="aside")), "header")
    return section


@dataclass
class Rows:
    """Elements by key. One that hasn't changed isn't touched, so it keeps the focus and stays open."""

    parent: ui.element
    tag: str
    _elements: dict[str, ui.html] = field(default_factory=dict, init=False)

    def show(self, rows: Mapping[str, Html]) -> None:
        """Show exactly these rows, in this order."""
        for key in self._elements.keys() - rows.keys():
            self._elements.pop(key).delete()
        for index, (key, content) in enumerate(rows.items()):
            self._place(key, content, index)

    def _place(self, key: str, content: Html, index: int) -> None:
        if key not in self._elements:
            with self.parent:
                self._elements[key] = markup(content, self.tag)
        row = self._elements[key]
        if row.content != content:
            row.set_content(content)
        if self.parent.default_slot.children.index(row) != index:
            row.move(self.parent, index)
