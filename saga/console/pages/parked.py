"""Parked orders: something of each could not be undone, and waits for a person."""

from collections.abc import Sequence
from urllib.parse import quote

from nicegui import ui

from saga.console.elements import Rows, piece
from saga.console.frame import Console, frame
from saga.console.html import Html, join, tag
from saga.console.poller import Poller
from saga.console.sections.doing import make_well_form, resume_form
from saga.console.source import Environment, Kind
from saga.console.words import ago, money, status_pill
from saga.operations.parked import ParkedOrder

_WORDS = (
    "A compensation of each gave up, so the order may still hold stock or money. Once the cause is gone, resume it: "
    "every step is fenced, so nothing is done twice."
)


def add(console: Console) -> None:
    """Adds the page."""

    @ui.page("/parked")
    def parked() -> None:
        with frame(console, "Parked orders", "/parked") as page:
            piece(tag("h1", "Parked orders"))
            piece(tag("p", _WORDS, class_="muted"))
            rows = Rows(ui.element("ul").classes("stack"), "li")
            below = piece()

            def show(found: Sequence[ParkedOrder]) -> None:
                environment = console.source.environment()
                rows.show({each.order_id: card(each, environment) for each in found})
                below.set_content(Html() if found else _nothing())

            Poller(page.kind, console.source.parked, show, page.fail).start()


def card(order: ParkedOrder, environment: Environment) -> Html:
    """One order, and what can be done about it."""
    link = tag("a", order.order_id, href=f"/orders/{quote(order.order_id, safe='')}", class_="mono", data_row=True)
    head = tag("h2", status_pill("PARKED"), " ", link)
    failures = (f"{state} gave up: {error}" for state, error in order.failures.items())
    pairs = {
        "Parked": join(ago(order.parked), f", after {order.resumes} resumes" if order.resumes else None),
        "Customer": order.customer_id,
        "Total": money(order.total),
        "Cancelled because": f"{order.reason}: {order.cause}",
        "What gave up": "; ".join(failures) or "not told",
        "Not undone": ", ".join(order.not_undone),
    }
    facts = tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs.items()), class_="facts")
    return tag("div", head, facts, *_forms(order, environment), class_="card pad stack")


def _forms(order: ParkedOrder, environment: Environment) -> list[Html]:
    if not environment.writable:
        return []
    wells = [make_well_form(order.order_id)] if environment.kind is Kind.ENGINE else []
    return [tag("div", *wells, resume_form(order.order_id), class_="acts")]


def _nothing() -> Html:
    words = "Whatever had to be undone has been undone."
    return tag("div", tag("strong", "✓ No order is parked."), tag("span", words), class_="empty card")
