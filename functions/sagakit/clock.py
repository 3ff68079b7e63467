"""Time in whole milliseconds since the epoch."""

import time


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def after(previous: int) -> int:
    """Now, or just after `previous` where this machine's clock is behind the one that wrote it."""
    return max(now(), previous + 1)
