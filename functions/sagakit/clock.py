"""Time in whole milliseconds since the epoch."""

import time


def now() -> int:
    """Return the current time in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def after(previous: int) -> int:
    """Return the current time, or `previous` + 1 if this machine's clock is behind the one that wrote it."""
    return max(now(), previous + 1)
