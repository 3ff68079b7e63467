"""The orders, newest first: live, and filtered by what stands in the URL."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from nicegui import ui

from saga import clock
from saga.console.columns import Column, cells, header
from saga.console.elements import piece, table
from saga.console.frame import Console, Frame, frame
from saga.console.html import Html, join, tag
from saga.console.poller import Poller
from saga.console.words import ago, amount, duration, shown_status, status_pill
from saga.failure import UsageFailure
from saga.orders.api_view import milliseconds
from saga.orders.listing import STATUSES, Filter
from saga.orders.record import Json

_FIELDS = ("customer", "product", "error")
_SINCE = {"": "at any time", "15m": "15 minutes", "1h": "1 hour", "24h": "24 hours", "7d": "7 days"}
_COLUMNS = (
    Column("Status"),
    Column("Order"),
    Column("Customer", wide=True),
    Column("Items", wide=True),
    Column("Total", number=True),
    Column("Placed"),
    Column("Took", number=True, wide=True),
)
_PAGE = 50
_TIMES = "\N{MULTIPLICATION SIGN}"


def add(console: Console) -> None:
    """Adds the page."""

    @ui.page("/orders")
    def orders(request: Request) -> None:
        with frame(console, "Orders", "/orders") as page:
            _body(console, page, dict(request.query_params))


def wanted(query: Mapping[str, str], now: int) -> Filter:
    """Reads the filter from the URL. Raises UsageFailure for a status or a time that is none."""
    given: dict[str, Any] = {name: query[name] for name in _FIELDS if query.get(name)}
    if status := query.get("status"):
        if status not in STATUSES:
            raise UsageFailure(f"{status} is no status: {', '.join(STATUSES)}")
        given["status"] = status
    for name in ("since", "until"):
        if text := query.get(name):
            given[name] = int(text) if text.isdecimal() else clock.moment(text, now)
    return Filter(**given, limit=_PAGE)


def _body(console: Console, page: Frame, query: Mapping[str, str]) -> None:
    title = piece(_title(writable=console.source.environment().writable))
    piece(_statuses(query))
    piece(_filters(query))
    with ui.element("div").classes("card"):
        rows = table("Orders", header(_COLUMNS))
        below = piece()

    def read() -> Sequence[Json]:
        return console.source.orders(wanted(query, clock.now()))

    def show(found: Sequence[Json]) -> None:
        title.set_content(_title(writable=console.source.environment().writable))
        rows.show({order["orderId"]: row(order) for order in found})
        below.set_content(_below(found, query))

    Poller(page.kind, read, show, page.fail).start()


def row(order: Json) -> Html:
    """The cells of an order."""
    status, placed = shown_status(order), milliseconds(order["createdAt"])
    order_id = order["orderId"]
    name = join(order_id[:8], tag("span", order_id[8:], class_="rest"))
    items = ", ".join(f"{line['quantity']} {_TIMES} {line['productId']}" for line in order["items"])
    took = duration(milliseconds(order["updatedAt"]) - placed) if status in ("CONFIRMED", "FAILED") else ""
    reason = order.get("reason", {}).get("reason")
    state = join(status_pill(status), tag("span", reason, class_="muted reason") if reason else None)
    link = tag("a", name, href=f"/orders/{quote(order_id, safe='')}", class_="mono", data_row=True)
    total = amount(order["totalAmount"])
    return cells(_COLUMNS, state, link, order["customerId"], items, total, ago(placed), took)


def _title(*, writable: bool) -> Html:
    place = tag("a", "Place an order", href="/orders/new", class_="button main") if writable else None
    return tag("div", tag("h1", "Orders"), tag("div", place, class_="aside"), class_="title")


def _statuses(query: Mapping[str, str]) -> Html:
    chosen = query.get("status", "")
    chips = [
        tag(
            "a",
            words,
            href=_url({**query, "status": status, "until": ""}),
            class_="chip",
            aria_current=_is(status == chosen),
        )
        for status, words in {"": "All", **{status: status.capitalize() for status in STATUSES}}.items()
    ]
    return tag("nav", *chips, class_="chips", aria_label="Status")


def _is(chosen: bool) -> str | None:  # noqa: FBT001 - the value of an attribute
    return "true" if chosen else None


def _filters(query: Mapping[str, str]) -> Html:
    boxes = [
        tag("label", name.capitalize(), tag("input", name=name, value=query.get(name, ""), maxlength=255))
        for name in _FIELDS
    ]
    options = [
        tag("option", words, value=value, selected=query.get("since", "") == value) for value, words in _SINCE.items()
    ]
    since = tag("label", "Placed within", tag("select", *options, name="since"))
    status = tag("input", type="hidden", name="status", value=query.get("status", ""))
    buttons = tag("button", "Filter", class_="button"), tag("a", "Clear", href="/orders", class_="button")
    return tag("form", *boxes, since, status, *buttons, action="/orders", class_="filters", data_filters=True)


def _below(found: Sequence[Json], query: Mapping[str, str]) -> Html:
    if not found and any(query.values()):
        return tag(
            "div", tag("strong", "No order matches."), tag("a", "Clear the filters", href="/orders"), class_="empty"
        )
    if not found:
        place = tag("a", "Place an order", href="/orders/new")
        return tag("div", tag("strong", "There are no orders yet."), place, class_="empty")
    if len(found) < _PAGE:
        return Html()
    before = milliseconds(found[-1]["createdAt"]) - 1
    return tag("p", tag("a", "Older orders", href=_url({**query, "until": str(before)})), class_="pad")


def _url(query: Mapping[str, str]) -> str:
    given = {name: value for name, value in query.items() if value}
    return "/orders" + (f"?{urlencode(given)}" if given else "")
