"""The orders, transactions and returns, newest first: live, and filtered by the URL."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from saga.console.elements import Column, cells, markup, table_card
from saga.console.html import Html, empty, join, tag
from saga.console.labels import ago, money_of, next_attempt, order_link, placed_at, quantity_of, status_pill
from saga.console.layout import Page
from saga.failures import UsageFailure
from saga.http import Json
from saga.orders.listing import STATUSES, Filter
from saga.stack.kinds import KINDS, ORDER, kind_of
from saga.stack.tables import status_of
from saga.text import times
from saga.text.durations import duration
from saga.text.times import milliseconds

_FIELDS = ("customer", "product", "error")
_SINCE = {"": "any time", "15m": "15 minutes", "1h": "1 hour", "24h": "24 hours", "7d": "7 days"}
_KINDS = {"": "all", **{kind: f"{kind}s" for kind in KINDS}}
_COLUMNS = (
    Column("Status"),
    Column("Order"),
    Column("Kind", "wide"),
    Column("Customer", "wide"),
    Column("Items", "wide"),
    Column("Total", "number"),
    Column("Placed"),
    Column("Took", "number wide"),
)
_PAGE_SIZE = 50


def build(page: Page) -> None:
    """Add the elements of the page."""
    query = dict(page.request.query_params)
    title = markup(_title(writable=page.environment.writable))
    markup(_status_links(query))
    markup(_filter_form(query))
    rows, below = table_card("Orders", _COLUMNS)

    def show(found: Sequence[Json]) -> None:
        title.set_content(_title(writable=page.environment.writable))
        rows.show({order["orderId"]: _row(order) for order in found})
        below.set_content(_below(found, query))

    page.poll(lambda: page.source.orders(_filter(query, times.now())), show)


def _filter(query: Mapping[str, str], now: int) -> Filter:
    """Read the filter from the URL.

    Raises:
        UsageFailure: the status, the kind or a time is invalid.
    """
    given: dict[str, Any] = {name: query[name] for name in (*_FIELDS, "status", "kind") if query.get(name)}
    if (status := given.get("status", "PENDING")) not in STATUSES:
        raise UsageFailure(f"Unknown status {status!r}: expected {', '.join(STATUSES)}")
    if (kind := given.get("kind", ORDER)) not in KINDS:
        raise UsageFailure(f"Unknown kind {kind!r}: expected {', '.join(KINDS)}")
    for name in ("since", "until"):
        if text := query.get(name):
            given[name] = int(text) if text.isdecimal() else times.moment(text, now)
    return Filter(**given, limit=_PAGE_SIZE)


def _title(*, writable: bool) -> Html:
    place = tag("a", "Place an order", href="/orders/new", class_="button main") if writable else None
    return tag("div", tag("h1", "Orders"), tag("div", place, class_="aside"), class_="title")


def _status_links(query: Mapping[str, str]) -> Html:
    links = []
    for status in ("", *STATUSES):
        current = "true" if status == query.get("status", "") else None
        url = _url({**query, "status": status, "until": ""})
        links.append(tag("a", status.capitalize() or "All", href=url, class_="chip", aria_current=current))
    return tag("nav", *links, class_="chips", aria_label="Status")


def _filter_form(query: Mapping[str, str]) -> Html:
    boxes = (
        tag("label", name.capitalize(), tag("input", name=name, value=query.get(name, ""), maxlength=255))
        for name in _FIELDS
    )
    within = _select("Placed within", "since", _SINCE, query)
    kind = _select("Kind", "kind", _KINDS, query)
    status = tag("input", type="hidden", name="status", value=query.get("status", ""))
    buttons = tag("button", "Filter", class_="button"), tag("a", "Clear", href="/orders", class_="button")
    return tag("form", *boxes, kind, within, status, *buttons, action="/orders", class_="filters", data_filters=True)


def _select(label: str, name: str, options: Mapping[str, str], query: Mapping[str, str]) -> Html:
    chosen = query.get(name, "")
    found = (tag("option", text, value=value, selected=chosen == value) for value, text in options.items())
    return tag("label", label, tag("select", *found, name=name))


def _row(order: Json) -> Html:
    status, placed, order_id = status_of(order), placed_at(order), order["orderId"]
    reason = order.get("reason", {}).get("reason")
    paused = order.get("paused")
    waits = join(f"{paused.get('state') or 'the execution'} waits, ", next_attempt(paused)) if paused else None
    notes = (tag("span", note, class_="muted reason") for note in (reason, waits) if note)
    state = join(status_pill(status), *notes)
    link = order_link(order_id, join(order_id[:8], tag("span", order_id[8:], class_="rest")))
    items = ", ".join(quantity_of(line["quantity"], line["productId"]) for line in order["items"])
    took = duration(milliseconds(order["updatedAt"]) - placed) if status in ("CONFIRMED", "FAILED") else ""
    kind, customer = kind_of(order), order.get("customerId", "")
    return cells(_COLUMNS, state, link, kind, customer, items, money_of(order), ago(placed), took)


def _below(found: Sequence[Json], query: Mapping[str, str]) -> Html:
    if not found and any(query.values()):
        return empty("No order matches.", tag("a", "Clear the filters", href="/orders"))
    if not found:
        return empty("There are no orders yet.", tag("a", "Place an order", href="/orders/new"))
    if len(found) < _PAGE_SIZE:
        return Html()
    before = placed_at(found[-1]) - 1
    return tag("p", tag("a", "Older orders", href=_url({**query, "until": str(before)})), class_="pad")


def _url(query: Mapping[str, str]) -> str:
    given = {name: value for name, value in query.items() if value}
    return "/orders" + (f"?{urlencode(given)}" if given else "")
