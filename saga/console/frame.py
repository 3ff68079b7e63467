"""What every page has: the head with the places to go and the environment, the notice, and the body of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nicegui import ui

from saga.console.elements import piece
from saga.console.html import Html, join, tag
from saga.console.security import Token
from saga.console.source import Environment, Kind, Source
from saga.failure import Failure, Unreachable

NAME = "Order Saga"
LOGO = "M9 16a7 7 0 1 0 2.2-5.1M11 6v5.2h5.2"
_PLACES = {
    "/orders": "Orders",
    "/parked": "Parked",
    "/inventory": "Inventory",
    "/outbox": "Outbox",
    "/breaker": "Breaker",
    "/throughput": "Throughput",
}
_KEYS = (
    ("/", "find an order by its id"),
    ("j k", "next and previous row"),
    ("Enter", "open the row"),
    ("← →", "on the slider: an event back, an event on"),
    ("?", "these keys"),
    ("Esc", "close"),
)


@dataclass(frozen=True)
class Console:
    """What the pages are made with."""

    source: Source
    token: Token


@dataclass
class Frame:
    """A page's own parts of what every page has."""

    console: Console
    place: str
    head: ui.html
    notice: ui.html

    def kind(self) -> Kind:
        """What is looked at, as of now."""
        return self.console.source.environment().kind

    def fail(self, failure: Failure | None) -> None:
        """Says what went wrong above the body, and how to go on; None takes it back."""
        _set(self.notice, Html() if failure is None else _notice(failure, self.kind()))
        _set(self.head, _head(self.console.source.environment(), self.place))


@contextmanager
def frame(console: Console, title: str, place: str = "") -> Iterator[Frame]:
    """A page. What is made inside is its body; `place` is the path of the menu's entry that it belongs to."""
    ui.page_title(f"{title} · {NAME}")
    ui.add_head_html(tag("meta", name="saga-token", content=console.token.value))
    with ui.context.client.layout:
        head = piece(_head(console.source.environment(), place), "header", "head")
        head.move(target_index=0)
        piece(_help(), "div")
    notice = piece(tag="div", classes="notices").props("role=status")
    body = ui.element("div").classes("body").props("id=body tabindex=-1")
    page = Frame(console, place, head, notice)
    ui.context.client.on_exception(lambda error: page.fail(Failure(f"the console failed: {error!r}")))
    with body:
        yield page


def _set(element: ui.html, content: Html) -> None:
    if element.content != content:
        element.set_content(content)


def _head(environment: Environment, place: str) -> Html:
    links = [
        tag("a", words, href=path, aria_current="page" if path == place else None) for path, words in _PLACES.items()
    ]
    places = tag("nav", *links, aria_label="Pages") if environment.kind is not Kind.FILE else None
    brand = tag("a", _logo(), f" {NAME}", href="/", class_="brand")
    search = None if environment.kind is Kind.FILE else _search()
    skip = tag("a", "Skip to the page", href="#body", class_="skip")
    asked_for = environment.stack if environment.kind is Kind.AWS else None
    parts = (brand, places, search, _badge(environment), _keys())
    return join(skip, tag("div", *parts, class_=f"topbar {environment.kind.lower()}", data_stack=asked_for))


def _keys() -> Html:
    return tag("button", "?", class_="button small", type="button", data_keys=True, aria_label="Keys", title="Keys")


def _logo() -> Html:
    path = tag("path", d=LOGO, fill="none", stroke="currentColor", stroke_width="3")
    return tag("svg", path, viewBox="4 4 24 24", width=20, height=20, aria_hidden="true")


def _search() -> Html:
    box = tag(
        "input", type="search", name="order", aria_label="Order id", placeholder="Order id  ( / )", autocomplete="off"
    )
    return tag("form", box, action="/find", role="search", data_search=True)


def _badge(environment: Environment) -> Html:
    access = None if environment.writable else tag("span", "read-only", class_="access")
    kind = tag("strong", environment.kind.value)
    return tag("div", kind, " ", tag("span", environment.place, class_="where"), " ", access, class_="environment")


def _notice(failure: Failure, kind: Kind) -> Html:
    if not isinstance(failure, Unreachable):
        return tag("div", tag("p", tag("strong", "! "), str(failure)), class_="notice caught")
    missing = "✗ The engine does not answer." if kind is Kind.ENGINE else "✗ AWS does not answer."
    start = tag("p", "Start it: ", tag("code", "make up")) if kind is Kind.ENGINE else None
    on = tag("p", "This page goes on by itself when it does. What was said: ", str(failure))
    return tag("div", tag("p", tag("strong", missing)), start, on, class_="notice failed")


def _help() -> Html:
    rows = [tag("div", tag("dt", tag("kbd", keys)), tag("dd", words)) for keys, words in _KEYS]
    close = tag("form", tag("button", "Close", class_="button"), method="dialog")
    return tag(
        "dialog", tag("h2", "Keys", id="keys-title"), tag("dl", *rows), close, id="keys", aria_labelledby="keys-title"
    )
