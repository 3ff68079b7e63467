"""Orders and transactions whose compensation failed, and returns that failed. They need an operator."""

from collections.abc import Sequence

from nicegui import ui

from saga.console.elements import Rows, markup
from saga.console.html import Html, empty, facts, tag
from saga.console.labels import ago, order_link, status_pill
from saga.console.layout import Page
from saga.console.sections.forms import resume
from saga.console.sources.source import Environment
from saga.operations import parked_orders
from saga.stack.kinds import RETURN
from saga.text.money import amount

_INTRODUCTION = (
    "A compensation of each of these orders failed, or a step of a return, so they may still hold stock or money. "
    "Once the cause is fixed, resume them. Every step is fenced, so nothing happens twice."
)
_EMPTY = empty("✓ No orders are parked.", "Every compensation and every return that ran has succeeded.", "empty card")


def build(page: Page) -> None:
    """Add the elements of the page."""
    markup(tag("h1", "Parked orders"))
    markup(tag("p", _INTRODUCTION, class_="muted"))
    cards = Rows(ui.element("ul").classes("stack"), "li")
    below = markup()

    def show(found: Sequence[parked_orders.ParkedOrder]) -> None:
        cards.show({order.order_id: _card(order, page.environment) for order in found})
        below.set_content(Html() if found else _EMPTY)

    page.poll(lambda: page.source.read(parked_orders.parked), show)


def _card(order: parked_orders.ParkedOrder, environment: Environment) -> Html:
    title = tag("h2", status_pill("PARKED"), f" {order.kind} ", order_link(order.order_id, order.order_id))
    is_return = order.kind == RETURN
    who = {} if is_return else {"Customer": order.customer_id}
    why = {} if is_return else {"Cancelled because": f"{order.reason}: {order.cause}"}
    failures = (f"{state}: {error}" for state, error in order.failures.items())
    details = {
        "Parked": ago(order.parked),
        "Earlier resumes": f"{order.resumes}",
        **who,
        "Refund" if is_return else "Total": amount(order.total),
        **why,
        "Failed steps" if is_return else "Failed compensations": "; ".join(failures) or "unknown",
        "Not done" if is_return else "Not undone": ", ".join(order.missing),
    }
    return tag("div", title, facts(details), resume(order.order_id, environment), class_="card pad stack")
