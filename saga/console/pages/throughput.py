"""Throughput and latency, minute by minute."""

from datetime import UTC, datetime

from fastapi import Request
from nicegui import ui

from saga.console.charts import bars, legend, lines
from saga.console.columns import Column, cells, header
from saga.console.elements import card, piece, table
from saga.console.frame import Console, Frame, frame
from saga.console.html import Html, join, tag
from saga.console.poller import Poller
from saga.console.words import duration
from saga.operations.throughput import Minute, Throughput

_SPANS = (15, 60, 240)  # minutes
_ENDS = ("confirmed", "failed", "parked", "open")
_PERCENTILES = ("p50", "p95", "p99")
_COLUMNS = (
    Column("Minute"),
    Column("Accepted", number=True),
    *(Column(name.capitalize(), number=True, wide=True) for name in _ENDS),
    *(Column(name, number=True) for name in _PERCENTILES),
)


def add(console: Console) -> None:
    """Adds the page."""

    @ui.page("/throughput")
    def throughput(request: Request) -> None:
        asked = request.query_params.get("minutes", "")
        span = int(asked) if asked in map(str, _SPANS) else _SPANS[0]
        with frame(console, "Throughput and latency", "/throughput") as page:
            _body(console, page, span)


def _body(console: Console, page: Frame, span: int) -> None:
    piece(tag("h1", "Throughput and latency"))
    piece(_spans(span))
    total = piece()
    with ui.element("div").classes("halves"):
        with card("Orders by minute", "accepted", legend(_ENDS)):
            counts = piece(classes="scroll pad").props('tabindex=0 role=region aria-label="Chart of orders"')
        with card("From acceptance to the end", "latency", legend(_PERCENTILES)):
            latencies = piece(classes="scroll pad").props('tabindex=0 role=region aria-label="Chart of latency"')
    with ui.element("div").classes("card"):
        rows = table("Numbers by minute", header(_COLUMNS))

    def show(found: Throughput) -> None:
        total.set_content(totals(found.total, span))
        counts.set_content(accepted(found))
        latencies.set_content(latency(found))
        rows.show(_rows(found))

    Poller(page.kind, lambda: console.source.throughput(span), show, page.fail).start()


def totals(total: Minute, span: int) -> Html:
    """All minutes together."""
    if not total.accepted:
        words = f"No order was placed in the last {span} minutes."
        return tag("div", tag("strong", words), tag("a", "Place an order", href="/orders/new"), class_="empty card")
    ends = {name.capitalize(): f"{getattr(total, name)}" for name in _ENDS}
    rate = f"{total.accepted / span:.1f} / min"
    numbers = {"Accepted": str(total.accepted), "Rate": rate, **ends, **_latencies(total)}
    return tag(
        "dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in numbers.items()), class_="tiles"
    )


def accepted(found: Throughput) -> Html:
    """What came in, by what became of it."""
    series = {name: [getattr(minute, name) for minute in found.minutes] for name in _ENDS}
    return bars("Orders accepted in each minute; the table has the numbers", _times(found), series)


def latency(found: Throughput) -> Html:
    """Percentiles of how long the orders of each minute took."""
    series = {
        name: [getattr(minute.latency, name) if minute.latency else None for minute in found.minutes]
        for name in _PERCENTILES
    }
    return lines("Latency of the orders of each minute; the table has the numbers", _times(found), series, "ms")


def _rows(found: Throughput) -> dict[str, Html]:
    times = zip(_times(found), found.minutes, strict=True)
    return {str(minute.start): _row(time, minute) for time, minute in reversed([*times]) if minute.accepted}


def _row(time: str, minute: Minute) -> Html:
    ends = (getattr(minute, name) for name in _ENDS)
    taken = _latencies(minute).values() if minute.latency else ("", "", "")
    return cells(_COLUMNS, time, minute.accepted, *ends, *taken)


def _latencies(minute: Minute) -> dict[str, str]:
    return {name: duration(getattr(minute.latency, name)) for name in _PERCENTILES} if minute.latency else {}


def _times(found: Throughput) -> list[str]:
    return [f"{datetime.fromtimestamp(minute.start / 1000, UTC).astimezone():%H:%M}" for minute in found.minutes]


def _spans(chosen: int) -> Html:
    chips = (
        tag(
            "a",
            f"{span} minutes",
            href=f"/throughput?minutes={span}",
            class_="chip",
            aria_current="true" if span == chosen else None,
        )
        for span in _SPANS
    )
    return tag("nav", join(*chips), class_="chips", aria_label="Span of time")
