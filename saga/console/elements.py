"""Markup in a page of NiceGUI, changed in place."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nicegui import ui

from saga.console.html import Html, join, tag


def piece(content: Html = Html(), tag: str = "div", classes: str = "") -> ui.html:  # noqa: B008 - it never changes
    """An element with this markup in it, which `set_content` replaces."""
    return ui.html(content, sanitize=False, tag=tag).classes(classes)


def table(label: str, header: Html) -> "Rows":
    """The rows of a new table, which is scrolled sideways where it is too wide, also by keyboard."""
    region = ui.element("div").classes("scroll").props(f'tabindex=0 role=region aria-label="{label}"')
    with region, ui.element("table"):
        piece(header, "thead")
        return Rows(ui.element("tbody"), "tr")


def card(title: str, name: str, aside: Html | None = None) -> ui.element:
    """A part of the page with a title; `name` is its place in the URL, after #."""
    section = ui.element("section").classes("card").props(f"id={name} aria-labelledby={name}-title")
    with section:
        piece(join(tag("h2", title, id=f"{name}-title"), tag("div", aside, class_="aside")), "header")
    return section


@dataclass
class Rows:
    """Elements below each other, by key: what has not changed is not touched, so it keeps focus and what is open."""

    parent: ui.element
    tag: str
    _shown: dict[str, ui.html] = field(default_factory=dict, init=False)

    def show(self, rows: Mapping[str, Html]) -> None:
        """Has these rows there, in this order."""
        for key in self._shown.keys() - rows.keys():
            self._shown.pop(key).delete()
        for index, (key, content) in enumerate(rows.items()):
            self._place(key, content, index)

    def _place(self, key: str, content: Html, index: int) -> None:
        if key not in self._shown:
            with self.parent:
                self._shown[key] = piece(content, self.tag)
        row = self._shown[key]
        if row.content != content:
            row.set_content(content)
        if self.parent.default_slot.children.index(row) != index:
            row.move(self.parent, index)
