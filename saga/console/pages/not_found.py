"""The page for any other path."""

from http import HTTPStatus

from nicegui import ui

from saga.console.elements import markup
from saga.console.html import tag
from saga.console.layout import Page


def build(page: Page) -> None:
    """Add the elements of the page."""
    ui.context.client.status_code = HTTPStatus.NOT_FOUND
    path, start = tag("code", f"/{page.request.path_params['path']}"), tag("a", "Go to the start page", href="/")
    text = tag("p", "The console has no page ", path, ". ", start)
    markup(tag("div", tag("h1", "Page not found"), text, class_="empty card"))
