"""Statuses, money, times and durations as people read them, and as HTML."""

from datetime import UTC, datetime

from saga.clock import iso
from saga.console.html import Html, tag
from saga.graph import Outcome
from saga.orders.cells import clock
from saga.orders.record import Json

_STATUS = {
    "PENDING": ("▸", "running"),
    "CONFIRMED": ("✓", "succeeded"),
    "CANCELLING": ("↩", "caught"),
    "FAILED": ("✗", "failed"),
    "PARKED": ("‖", "parked"),
}
_UNKNOWN = ("?", "not_reached")
_MINUS = "\N{MINUS SIGN}"
_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000


def shown_status(order: Json) -> str:
    """The status of an order as the API shows it; a parked order is PARKED."""
    return "PARKED" if "parked" in order else str(order["status"])


def pill(word: str, glyph: str, look: str) -> Html:
    """A word in the colours of an outcome, with a glyph: never colour alone."""
    return tag("span", tag("span", glyph, aria_hidden="true"), " ", word, class_=f"pill {look}")


def status_pill(status: str, *, big: bool = False) -> Html:
    """The status of an order."""
    glyph, look = _STATUS.get(status, _UNKNOWN)
    return pill(status, glyph, f"{look} big" if big else look)


def outcome_pill(outcome: Outcome) -> Html:
    """What became of an attempt."""
    return pill(outcome.value, outcome.glyph, outcome.slug)


def money(minor: int) -> str:
    """1299.99 for 129999."""
    return f"{minor // 100}.{minor % 100:02}"


def signed_money(minor: int) -> str:
    """With its sign: +1299.99."""
    return f"{'+' if minor > 0 else _MINUS}{money(abs(minor))}"


def amount(major: float) -> str:
    """1299.90, of money as the API shows it."""
    return f"{major:.2f}"


def signed(pieces: int) -> str:
    """With its sign: +2."""
    return f"{'+' if pieces > 0 else _MINUS}{abs(pieces)}"


def moment(at: int) -> Html:
    """The time of day, here; the date and UTC on hovering."""
    return tag("time", clock(at), datetime=iso(at), title=f"{_local(at):%Y-%m-%d %H:%M:%S %Z}, {iso(at)}")


def ago(at: int) -> Html:
    """The time, which the browser replaces by how long ago that is, and keeps so."""
    words = f"{_local(at):%Y-%m-%d %H:%M:%S}"
    return tag("time", words, datetime=iso(at), title=f"{words}, {iso(at)}", data_ago=True)


def duration(length: int) -> str:
    """So many milliseconds: 85 ms, 1.25 s, 2 min 5 s, 3 h 10 min, 2 d 4 h."""
    if length < _SECOND:
        return f"{length} ms"
    if length < _MINUTE:
        return f"{length // _SECOND}.{length % _SECOND // 10:02} s"
    for large, big, small, little in ((_HOUR, _MINUTE, _SECOND, "min s"), (_DAY, _HOUR, _MINUTE, "h min")):
        if length < large:
            return _two(length, big, small, *little.split())
    return _two(length, _DAY, _HOUR, "d", "h")


def _two(length: int, large: int, small: int, large_name: str, small_name: str) -> str:
    return f"{length // large} {large_name} {length % large // small} {small_name}"


def _local(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone()
