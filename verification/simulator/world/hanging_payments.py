"""A slow gateway: a payment that is processing settles only when the environment, or the end of a run, says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from payment.test_tokens import Behaviour, behaviour

FOREVER = 10**13  # milliseconds


def _hanging(token: str) -> Behaviour:
    how = behaviour(token)
    return how._replace(settles_after=FOREVER) if how.settles_after else how


@contextmanager
def installed(*, hang: bool) -> Iterator[None]:
    """Let payments that are processing hang, if they do."""
    with patch("payment.simulated.behaviour", _hanging if hang else behaviour):
        yield
