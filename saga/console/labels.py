"""Statuses, amounts, times and orders as the pages show them."""

from urllib.parse import quote

from saga.console.html import Content, Html, join, tag
from saga.graph import Outcome
from saga.http import Json
from saga.stack.kinds import RETURN, kind_of
from saga.text.money import Minor, amount, minor
from saga.text.times import clock, date_and_time, here, iso, milliseconds

_STATUS = {
    "PENDING": ("▸", "running"),
    "CONFIRMED": ("✓", "succeeded"),
    "CANCELLING": ("↩", "caught"),
    "FAILED": ("✗", "failed"),
    "PARKED": ("‖", "parked"),
}
_UNKNOWN = ("?", "not_reached")
_TIMES = "\N{MULTIPLICATION SIGN}"


def pill(word: str, glyph: str, style: str) -> Html:
    """Return a word in the colours of an outcome. The glyph tells it without colour."""
    return tag("span", tag("span", glyph, aria_hidden="true"), " ", word, class_=f"pill {style}")


def status_pill(status: str, *, big: bool = False) -> Html:
    """Return the status of an order."""
    glyph, style = _STATUS.get(status, _UNKNOWN)
    return pill(status, glyph, f"{style} big" if big else style)


def outcome_pill(outcome: Outcome) -> Html:
    """Return the outcome of an attempt."""
    return pill(outcome.value, outcome.glyph, outcome.slug)


def quantity_of(quantity: int, product: str) -> str:
    """Return how many pieces of a product."""
    return f"{quantity} {_TIMES} {product}"


def placed_at(order: Json) -> int:
    """Return when the order was placed, in milliseconds since the epoch."""
    return milliseconds(order["createdAt"])


def order_path(order_id: str) -> str:
    """Return the path of an order's page."""
    return f"/orders/{quote(order_id, safe='')}"


def order_link(order_id: str, text: Content) -> Html:
    """Return the link to an order that j and k move to."""
    return tag("a", text, href=order_path(order_id), class_="mono", data_row=True)


def moment(at: int) -> Html:
    """Return the local time of day, with the date and UTC as a tooltip."""
    return tag("time", clock(at), datetime=iso(at), title=f"{date_and_time(at)} {here(at):%Z}, {iso(at)}")


def money_of(order: Json) -> str:
    """Return what an order costs, or what a return refunds, as a negative amount."""
    is_return = kind_of(order) == RETURN
    return amount(Minor(-minor(order["refundAmount"])) if is_return else minor(order["totalAmount"]))


def ago(at: int) -> Html:
    """Return a local time that the browser shows as an age and keeps up to date."""
    text = date_and_time(at)
    return tag("time", text, datetime=iso(at), title=f"{text}, {iso(at)}", data_ago=True)


def next_attempt(paused: Json) -> Html:
    """Return when a paused order is tried next, as a time that the browser shows as a wait and keeps up to date."""
    if "nextAttemptAt" not in paused:
        return Html("trying again now")
    at = milliseconds(paused["nextAttemptAt"])
    return join("next attempt ", tag("time", clock(at)[:8], datetime=iso(at), title=iso(at), data_wait=True))
