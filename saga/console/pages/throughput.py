"""Throughput and latency, minute by minute."""

from nicegui import ui

from saga.console.charts import bars, legend, lines
from saga.console.elements import Column, card, cells, markup, scrollable, table_card
from saga.console.html import Html, empty, facts, tag
from saga.console.layout import Page
from saga.operations.throughput import Minute, Throughput, throughput
from saga.text.durations import duration
from saga.text.times import hour_and_minute

_SPANS = (15, 60, 240)  # minutes
_OUTCOMES = ("confirmed", "failed", "parked", "paused", "open")
_PERCENTILES = ("p50", "p95", "p99")
_COLUMNS = (
    Column("Minute"),
    Column("Accepted", "number"),
    *(Column(name.capitalize(), "number wide") for name in _OUTCOMES),
    *(Column(name, "number") for name in _PERCENTILES),
)


def build(page: Page) -> None:
    """Add the elements of the page."""
    minutes = page.request.query_params.get("minutes", "")
    span = int(minutes) if minutes in map(str, _SPANS) else _SPANS[0]
    markup(tag("h1", "Throughput and latency"))
    markup(_span_links(span))
    total = markup()
    with ui.element("div").classes("halves"):
        with card("Orders and transactions per minute", "accepted", legend(_OUTCOMES)):
            counts = scrollable(markup(classes="pad"), "Chart of orders")
        with card("Latency, from acceptance to completion", "latency", legend(_PERCENTILES)):
            latencies = scrollable(markup(classes="pad"), "Chart of latency")
    rows, _ = table_card("Numbers per minute", _COLUMNS)

    def show(found: Throughput) -> None:
        total.set_content(_total(found.total, span))
        counts.set_content(_counts_chart(found))
        latencies.set_content(_latency_chart(found))
        rows.show({str(minute.start): _row(minute) for minute in reversed(found.minutes) if minute.accepted})

    page.poll(lambda: page.source.read(throughput, span), show)


def _span_links(current: int) -> Html:
    links = []
    for span in _SPANS:
        is_current = "true" if span == current else None
        url = f"/throughput?minutes={span}"
        links.append(tag("a", f"{span} minutes", href=url, class_="chip", aria_current=is_current))
    return tag("nav", *links, class_="chips", aria_label="Time span")


def _total(total: Minute, span: int) -> Html:
    if not total.accepted:
        place = tag("a", "Place an order", href="/orders/new")
        return empty(f"No orders were placed in the last {span} minutes.", place, "empty card")
    outcomes = {name.capitalize(): count for name, count in zip(_OUTCOMES, _counts(total), strict=True)}
    rate = f"{total.accepted / span:.1f} / min"
    return facts({"Accepted": total.accepted, "Rate": rate, **outcomes, **_latencies(total)}, "tiles")


def _counts_chart(found: Throughput) -> Html:
    series = dict(zip(_OUTCOMES, zip(*map(_counts, found.minutes), strict=True), strict=True))
    return bars("Orders accepted per minute. The table has the numbers.", _times(found), series)


def _latency_chart(found: Throughput) -> Html:
    series = {
        name: [getattr(minute.latency, name) if minute.latency else None for minute in found.minutes]
        for name in _PERCENTILES
    }
    return lines("Latency of the orders per minute. The table has the numbers.", _times(found), series, "ms")


def _row(minute: Minute) -> Html:
    latencies = _latencies(minute).values() or [""] * len(_PERCENTILES)
    return cells(_COLUMNS, hour_and_minute(minute.start), minute.accepted, *_counts(minute), *latencies)


def _counts(minute: Minute) -> tuple[int, ...]:
    return tuple(getattr(minute, name) for name in _OUTCOMES)


def _latencies(minute: Minute) -> dict[str, str]:
    return {name: duration(getattr(minute.latency, name)) for name in _PERCENTILES} if minute.latency else {}


def _times(found: Throughput) -> list[str]:
    return [hour_and_minute(minute.start) for minute in found.minutes]
