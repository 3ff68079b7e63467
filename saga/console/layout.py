"""The layout of every page: header with menu and environment, notice, and body."""

from collections.abc import Callable

from fastapi import Request
from nicegui import ui

from saga.console.elements import markup
from saga.console.html import Html, facts, join, tag
from saga.console.poller import Poller
from saga.console.security import Token
from saga.console.sources.source import Environment, Kind, Source
from saga.failures import Failure, Unreachable

NAME = "Order Saga"
LOGO = "M9 16a7 7 0 1 0 2.2-5.1M11 6v5.2h5.2"
_MENU = ("orders", "parked", "inventory", "outbox", "breaker", "throughput")
_SHORTCUTS = {
    "/": "find an order by its ID",
    "j k": "next row, previous row",
    "Enter": "open the row",
    "← →": "on the slider: previous event, next event",
    "?": "show these shortcuts",
    "Esc": "close",
}


class Page:
    """One open page. Elements are added to its `body`."""

    def __init__(self, source: Source, token: Token, title: str, request: Request) -> None:
        self.source = source
        self.request = request
        ui.page_title(f"{title} · {NAME}")
        ui.add_head_html(tag("meta", name="saga-token", content=token.value))
        with ui.context.client.layout:
            self._header = markup(self._header_content(), "header", "head")
            self._header.move(target_index=0)
            markup(_shortcuts())
        self._notice = markup(classes="notices").props("role=status")
        self.body = ui.element("div").classes("body").props("id=body tabindex=-1")
        ui.context.client.on_exception(lambda error: self._fail(Failure(f"The console failed: {error!r}")))

    @property
    def environment(self) -> Environment:
        """What is known of the source."""
        return self.source.environment()

    def poll[T](self, read: Callable[[], T], show: Callable[[T], None]) -> None:
        """Show what `read` returns, now and whenever it changes."""
        Poller(lambda: self.environment.kind, read, show, self._fail).start()

    def _fail(self, failure: Failure | None) -> None:
        """Show what went wrong and what to do about it; None removes the notice."""
        notice = Html() if failure is None else _notice(failure, self.environment.kind)
        for element, content in ((self._notice, notice), (self._header, self._header_content())):
            if element.content != content:
                element.set_content(content)

    def _header_content(self) -> Html:
        return _header(self.environment, self.request.url.path.split("/")[1])


def _header(environment: Environment, place: str) -> Html:
    skip = tag("a", "Skip to content", href="#body", class_="skip")
    logo = tag("path", d=LOGO, fill="none", stroke="currentColor", stroke_width="3")
    logo = tag("svg", logo, viewBox="4 4 24 24", width=20, height=20, aria_hidden="true")
    brand = tag("a", logo, f" {NAME}", href="/", class_="brand")
    navigation = (_menu(place), _search()) if environment.kind is not Kind.FILE else ()
    stack = environment.stack if environment.kind is Kind.AWS else None
    name = "Keyboard shortcuts"
    button = tag("button", "?", class_="button small", type="button", data_shortcuts=True, aria_label=name, title=name)
    parts = (brand, *navigation, _badge(environment), button)
    return join(skip, tag("div", *parts, class_=f"topbar {environment.kind.lower()}", data_stack=stack))


def _menu(place: str) -> Html:
    current = {place: "page"}
    links = (tag("a", name.capitalize(), href=f"/{name}", aria_current=current.get(name)) for name in _MENU)
    return tag("nav", *links, aria_label="Pages")


def _search() -> Html:
    hint = {"aria_label": "Order ID", "placeholder": "Order ID  ( / )", "autocomplete": "off"}
    return tag(
        "form", tag("input", type="search", name="order", **hint), action="/find", role="search", data_search=True
    )


def _badge(environment: Environment) -> Html:
    access = None if environment.writable else tag("span", "read-only", class_="access")
    kind = tag("strong", environment.kind.value)
    return tag("div", kind, " ", tag("span", environment.place, class_="where"), " ", access, class_="environment")


def _shortcuts() -> Html:
    title = tag("h2", "Keyboard shortcuts", id="shortcuts-title")
    keys = facts({tag("kbd", key): action for key, action in _SHORTCUTS.items()}, style=None)
    close = tag("form", tag("button", "Close", class_="button"), method="dialog")
    return tag("dialog", title, keys, close, id="shortcuts", aria_labelledby="shortcuts-title")


def _notice(failure: Failure, kind: Kind) -> Html:
    if not isinstance(failure, Unreachable):
        return tag("div", tag("p", tag("strong", "! "), str(failure)), class_="notice caught")
    on_engine = kind is Kind.ENGINE
    title = tag("strong", f"✗ {'The engine' if on_engine else 'AWS'} is not responding.")
    start = tag("p", "To start it, run ", tag("code", "make up"), ".") if on_engine else None
    retry = tag("p", f"This page keeps trying. Cause: {failure}")
    return tag("div", tag("p", title), start, retry, class_="notice failed")
