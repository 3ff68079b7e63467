"""The pages, one per module. `build` adds a page's elements."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from fastapi import Request
from nicegui import ui

from saga.console.elements import markup
from saga.console.html import tag
from saga.console.layout import Page
from saga.console.pages import breaker, inventory, new_order, order_page, orders, outbox_page, parked, throughput
from saga.console.security import Token
from saga.console.sources.source import Source


def _not_found(page: Page) -> None:
    ui.context.client.status_code = HTTPStatus.NOT_FOUND
    path, start = tag("code", f"/{page.request.path_params['path']}"), tag("a", "Go to the start page", href="/")
    text = tag("p", "The console has no page ", path, ". ", start)
    markup(tag("div", tag("h1", "Page not found"), text, class_="empty card"))


_PAGES = (  # when two match a path, the first one is served
    ("/orders", "Orders", orders.build),
    ("/orders/new", "Place an order", new_order.build),
    ("/orders/{order_id}", "Order", order_page.build),
    ("/parked", "Parked orders", parked.build),
    ("/inventory", "Inventory", inventory.build),
    ("/outbox", "Outbox", outbox_page.build),
    ("/breaker", "Circuit breaker", breaker.build),
    ("/throughput", "Throughput and latency", throughput.build),
    ("/{path:path}", "Page not found", _not_found),
)


def add(source: Source, token: Token) -> None:
    """Add all pages to the application."""
    for path, title, build in _PAGES:
        _add(path, partial(Page, source, token, title), build)


def _add(path: str, open_page: Callable[[Request], Page], build: Callable[[Page], None]) -> None:
    @ui.page(path)
    def handler(request: Request) -> None:
        page = open_page(request)
        with page.body:
            build(page)
