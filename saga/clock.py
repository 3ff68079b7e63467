"""Times, in milliseconds since the epoch, as people and programs write and read them."""

import re
import time
from datetime import UTC, datetime

from saga.failure import UsageFailure

_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_NAMES = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000))


def now() -> int:
    """The time."""
    return time.time_ns() // 1_000_000


def iso(at: int) -> str:
    """For programs: 2026-01-31T12:00:00.000Z."""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local(at: int, current: int) -> str:
    """For people: the time where they are, with the date when it was not in the last day, and how long ago it was."""
    ago = current - at
    shape = "%H:%M:%S" if ago < _UNITS["d"] else "%Y-%m-%d %H:%M:%S"
    return f"{datetime.fromtimestamp(at / 1000).astimezone().strftime(shape)} ({age(ago)} ago)"


def age(milliseconds: int) -> str:
    """For people: 5 min, in the largest unit that is not zero."""
    name, unit = next(((name, unit) for name, unit in _NAMES if milliseconds >= unit), ("s", 1_000))
    return f"{max(0, milliseconds) // unit} {name}"


def moment(text: str, current: int) -> int:
    """Reads a time: 90s, 15m, 2h or 7d ago, or a date or time in ISO 8601, local where it has no zone.

    Raises UsageFailure for anything else.
    """
    if ago := re.fullmatch(r"(\d{1,9})([smhd])", text):
        return current - int(ago[1]) * _UNITS[ago[2]]
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise UsageFailure(f"{text} is no time: give 90s, 15m, 2h or 7d, or 2026-01-31T12:00:00Z") from error
