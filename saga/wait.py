"""Waiting for what happens elsewhere."""

import time
from collections.abc import Callable

from saga.failure import Failure

_POLL_SECONDS = 0.05


def wait_until(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Returns as soon as the condition holds. Raises Failure, saying `otherwise`, when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(otherwise)
        time.sleep(_POLL_SECONDS)
