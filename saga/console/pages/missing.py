"""What is shown where there is no page."""

from http import HTTPStatus

from nicegui import ui

from saga.console.elements import piece
from saga.console.frame import Console, frame
from saga.console.html import tag


def add(console: Console) -> None:
    """Adds the page; it must be the last."""

    @ui.page("/{path:path}")
    def missing(path: str) -> None:
        ui.context.client.status_code = HTTPStatus.NOT_FOUND
        with frame(console, "No such page"):
            words = tag("p", "The console has no page ", tag("code", f"/{path}"), ". ", tag("a", "Start", href="/"))
            piece(tag("div", tag("h1", "No such page"), words, class_="empty card"))
