"""The timeline of an order, to scale. After a long pause a new chapter begins."""

from collections.abc import Sequence
from itertools import count, groupby, takewhile

from saga.console.html import Html, join, tag
from saga.orders.timeline import Bar
from saga.text.durations import HOUR, MINUTE, SECOND, duration, tick
from saga.text.times import clock

_PAUSE = 20 * SECOND  # without anything running
_STEPS = (  # milliseconds
    *(base * power for power in (1, 10, 100, SECOND) for base in (1, 2, 5)),
    *(10 * SECOND, 20 * SECOND, 30 * SECOND),
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 20, 30)),
    *(hours * HOUR for hours in (1, 2, 6, 12, 24)),
)
_TICKS = 6
_LAST_BAR = 99.5  # per cent, so that a bar without a duration is visible
_LAST_TICK = 0.92  # of the width, so that its text fits


def gantt(bars: Sequence[Bar]) -> Html:
    """Return a table for each chapter, and the pauses between them."""
    tables: list[Html] = []
    last: int | None = None
    for chapter in chapters(bars):
        if last is not None:
            tables.append(tag("p", f"{duration(chapter[0].started - last)} later", class_="gap"))
        tables.append(_table(chapter))
        last = max(map(_end, chapter))
    return join(*tables)


def chapters(bars: Sequence[Bar]) -> list[list[Bar]]:
    """Split the bars where an execution begins while nothing runs, and after a long pause."""
    found: list[list[Bar]] = []
    last = 0
    for bar in bars:
        pause = bar.started - last
        if not found or pause > _PAUSE or (bar.kind == "relay" and pause >= 0):
            found.append([])
        found[-1].append(bar)
        last = max(last, _end(bar))
    return found


def _table(bars: Sequence[Bar]) -> Html:
    span = (bars[0].started, max(*map(_end, bars), bars[0].started + 1))
    names = (tag("th", "State", scope="col"), tag("th", "Start", scope="col", class_="number wide"))
    head = tag("tr", *names, tag("th", "Took", scope="col", class_="number"), _ticks(*span))
    rows = [_row(list(visit), *span) for _, visit in groupby(bars, lambda bar: (bar.label, bar.kind == "relay"))]
    return tag("table", tag("thead", head), tag("tbody", *rows), class_="timeline", data_from=span[0], data_to=span[1])


def _row(visit: Sequence[Bar], first: int, last: int) -> Html:
    """Return the attempts at a state and the waits between them."""
    start = visit[0].started
    attempts = sum(bar.kind == "attempt" for bar in visit)
    notes = " · ".join(filter(None, [f"{attempts} attempts" if attempts > 1 else "", visit[-1].note]))
    return tag(
        "tr",
        tag("td", visit[0].label, " ", tag("span", notes, class_="muted"), class_="label"),
        tag("td", f"+{duration(start - first)}", class_="number wide muted", title=clock(start)),
        tag("td", _took(start, visit[-1].ended), class_="number"),
        tag("td", *(_bar(bar, first, last) for bar in visit), class_="track"),
    )


def _bar(bar: Bar, first: int, last: int) -> Html:
    left, right = (100 * (at - first) / (last - first) for at in (bar.started, bar.ended or last))
    place = f"left:{min(left, _LAST_BAR):.2f}%;width:{right - left:.2f}%"
    style = bar.outcome.slug if bar.outcome else bar.kind
    text = ", ".join(filter(None, [bar.kind, _took(bar.started, bar.ended), bar.note]))
    return tag("span", class_=f"bar {style}", style=place, title=text, data_at=bar.started)


def _ticks(first: int, last: int) -> Html:
    step = next((step for step in _STEPS if (last - first) / step <= _TICKS), _STEPS[-1])
    marks = takewhile(lambda at: at <= (last - first) * _LAST_TICK, count(0, step))
    ticks = (tag("span", tick(at), style=f"left:{100 * at / (last - first):.2f}%") for at in marks)
    return tag("th", tag("span", "Time", class_="visually-hidden"), *ticks, scope="col", class_="ticks")


def _took(start: int, end: int | None) -> str:
    return "running" if end is None else duration(end - start)


def _end(bar: Bar) -> int:
    return bar.started if bar.ended is None else bar.ended
