"""When what happened, drawn to scale; where nothing happened for long, a new chapter begins."""

from collections.abc import Sequence
from itertools import count, groupby, takewhile

from saga.console.html import Html, join, tag
from saga.console.words import duration
from saga.orders.cells import clock
from saga.orders.timeline import Bar

_QUIET = 20_000  # milliseconds without anything under way
_SECOND, _MINUTE, _HOUR = 1_000, 60_000, 3_600_000
_STEPS = (  # milliseconds
    *(base * power for power in (1, 10, 100, _SECOND) for base in (1, 2, 5)),
    *(10 * _SECOND, 20 * _SECOND, 30 * _SECOND),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 20, 30)),
    *(hours * _HOUR for hours in (1, 2, 6, 12, 24)),
)
_TICKS = 6
_LAST_BAR = 99.5  # per cent: also one that took no time is seen
_LAST_TICK = 0.92  # of the width: its words need room


def chapters(bars: Sequence[Bar]) -> list[list[Bar]]:
    """The bars, parted where nothing is under way and then an execution begins, or nothing happens for long: a parked
    order can wait for days.
    """
    parted: list[list[Bar]] = []
    last = 0
    for bar in bars:
        quiet = bar.started - last
        if not parted or quiet > _QUIET or (bar.kind == "relay" and quiet >= 0):
            parted.append([])
        parted[-1].append(bar)
        last = max(last, _end(bar))
    return parted


def timeline(bars: Sequence[Bar]) -> Html:
    """All chapters."""
    shown: list[Html] = []
    last: int | None = None
    for chapter in chapters(bars):
        if last is not None:
            shown.append(tag("p", f"{duration(chapter[0].started - last)} later", class_="gap"))
        shown.append(_chapter(chapter))
        last = max(map(_end, chapter))
    return join(*shown)


def _chapter(bars: Sequence[Bar]) -> Html:
    span = (bars[0].started, max(*map(_end, bars), bars[0].started + 1))
    names = (tag("th", "State", scope="col"), tag("th", "Start", scope="col", class_="number wide"))
    head = tag("tr", *names, tag("th", "Took", scope="col", class_="number"), _ticks(*span))
    rows = [_row(list(visit), *span) for _, visit in groupby(bars, lambda bar: (bar.label, bar.kind == "relay"))]
    return tag("table", tag("thead", head), tag("tbody", *rows), class_="timeline", data_from=span[0], data_to=span[1])


def _row(visit: Sequence[Bar], first: int, last: int) -> Html:
    """All attempts at a state, one after the other, and the waits between them."""
    start, end = visit[0].started, visit[-1].ended
    took = "under way" if end is None else duration(end - start)
    return tag(
        "tr",
        tag("td", visit[0].label, " ", tag("span", _words(visit), class_="muted"), class_="label"),
        tag("td", f"+{duration(start - first)}", class_="number wide muted", title=clock(start)),
        tag("td", took, class_="number"),
        tag("td", *(_bar(bar, first, last) for bar in visit), class_="track"),
    )


def _words(visit: Sequence[Bar]) -> str:
    attempts = sum(bar.kind == "attempt" for bar in visit)
    return " · ".join(filter(None, [f"{attempts} attempts" if attempts > 1 else "", visit[-1].note]))


def _bar(bar: Bar, first: int, last: int) -> Html:
    left, right = (100 * (at - first) / (last - first) for at in (bar.started, bar.ended or last))
    style = f"left:{min(left, _LAST_BAR):.2f}%;width:{right - left:.2f}%"
    look = bar.outcome.slug if bar.outcome else bar.kind
    took = "under way" if bar.ended is None else duration(bar.ended - bar.started)
    words = ", ".join(filter(None, [bar.kind, took, bar.note]))
    return tag("span", class_=f"bar {look}", style=style, title=words, data_at=bar.started)


def _ticks(first: int, last: int) -> Html:
    step = next((step for step in _STEPS if (last - first) / step <= _TICKS), _STEPS[-1])
    marks = takewhile(lambda at: at <= (last - first) * _LAST_TICK, count(0, step))
    shown = (tag("span", _tick(at), style=f"left:{100 * at / (last - first):.2f}%") for at in marks)
    return tag("th", tag("span", "Time", class_="visually-hidden"), *shown, scope="col", class_="ticks")


def _tick(at: int) -> str:
    return f"{at // _SECOND} s" if _SECOND <= at < _MINUTE else duration(at).removesuffix(" 0 s")


def _end(bar: Bar) -> int:
    return bar.started if bar.ended is None else bar.ended
