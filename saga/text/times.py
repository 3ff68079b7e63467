"""Times for people and programs. Inside they are milliseconds since the epoch."""

import re
import time
from datetime import UTC, datetime, timedelta

from saga.failures import UsageFailure
from saga.text.durations import DAY, HOUR, MINUTE, SECOND, age

_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 250_000_000_000_000  # any later, and local time may exceed what a datetime can hold


def now() -> int:
    """Return the current time."""
    return time.time_ns() // 1_000_000


def iso(at: int) -> str:
    """Return the time for programs: 2026-01-31T12:00:00.000Z."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def optional_iso(at: int | None) -> str | None:
    """Return the time as `iso` does, or None."""
    return None if at is None else iso(at)


def here(at: int) -> datetime:
    """Return the time in the local time zone."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone()


def local(at: int, current: int) -> str:
    """Return the local time and its age, with the date if it was more than a day ago: 12:00:00 (5 min ago)."""
    return f"{f'{here(at):%H:%M:%S}' if current - at < DAY else date_and_time(at)} ({age(current - at)} ago)"


def date_and_time(at: int) -> str:
    """Return the local date and time: 2026-01-31 12:00:00."""
    return f"{here(at):%Y-%m-%d %H:%M:%S}"


def hour_and_minute(at: int) -> str:
    """Return the local time of day to the minute: 12:00."""
    return f"{here(at):%H:%M}"


def clock(at: int) -> str:
    """Return the local time of day to the millisecond: 12:00:00.000."""
    return f"{here(at):%H:%M:%S}.{at % 1000:03}"


def milliseconds(moment: datetime | str) -> int:
    """Read an ISO 8601 time.

    Raises:
        ValueError: it isn't one, has no time zone, or lies before 1970.
    """
    parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    if parsed.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    at = (parsed - _EPOCH) // timedelta(milliseconds=1)
    if not 0 <= at < _LAST:
        raise ValueError(f"{moment} is out of range")
    return at


def moment(text: str, current: int) -> int:
    """Read a time of the command line: 90s, 15m, 2h or 7d ago, or ISO 8601, which is local without a time zone.

    Raises:
        UsageFailure: it is none of these.
    """
    if ago := re.fullmatch(r"(\d{1,9})([smhd])", text):
        return current - int(ago[1]) * _UNITS[ago[2]]
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise UsageFailure(f"Invalid time {text!r}: expected 90s, 15m, 2h or 7d, or 2026-01-31T12:00:00Z") from error
