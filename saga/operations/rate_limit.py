"""Rate limiting."""

import time
from collections.abc import Iterable, Iterator


def paced[T](items: Iterable[T], rate: float) -> Iterator[T]:
    """Yield the items one by one, at most `rate` of them per second."""
    due = time.monotonic()
    for item in items:
        time.sleep(max(0.0, due - time.monotonic()))
        due = time.monotonic() + 1 / rate
        yield item
