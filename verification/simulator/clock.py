"""A clock that moves only when the schedule says so, for the functions and for Powertools alike."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from unittest.mock import patch

START = 1_800_000_000_000  # milliseconds since the epoch

POWERTOOLS = "aws_lambda_powertools.utilities"
MODULES_THAT_TELL_THE_TIME = (
    "idempotency.base",
    "idempotency.persistence.base",
    "idempotency.persistence.datarecord",
    "idempotency.persistence.dynamodb",
    "circuit_breaker.base",
    "circuit_breaker.persistence.base",
    "circuit_breaker.persistence.dynamodb",
)


class Clock:
    """The time, in milliseconds since the epoch, and the skew of the machine that asks."""

    def __init__(self) -> None:
        self.true = START
        self.skew = 0
        self._minted = 0

    def now(self) -> int:
        """Tell what the machine that runs takes the time for."""
        return self.true + self.skew

    def pass_by(self, milliseconds: int) -> None:
        """Let time pass."""
        self.true += milliseconds

    def mint(self) -> uuid.UUID:
        """Mint an id: the same schedule gives the same ids."""
        self._minted += 1
        return uuid.UUID(int=self._minted, version=4)


@contextmanager
def kept_by(clock: Clock) -> Iterator[None]:
    """Let the functions and Powertools ask this clock, and wait by it."""
    module = SimpleNamespace(datetime=_datetime(clock), timedelta=dt.timedelta)
    with ExitStack() as patches:
        patches.enter_context(patch("sagakit.clock.time", SimpleNamespace(time_ns=lambda: clock.now() * 1_000_000)))
        patches.enter_context(patch.object(time, "sleep", lambda seconds: clock.pass_by(int(seconds * 1000))))
        patches.enter_context(patch("sagakit.transaction.random", SimpleNamespace(uniform=lambda _low, high: high)))
        patches.enter_context(patch.object(uuid, "uuid4", clock.mint))
        for name in MODULES_THAT_TELL_THE_TIME:
            patches.enter_context(patch(f"{POWERTOOLS}.{name}.dt", module))
        yield


def _datetime(clock: Clock) -> type[dt.datetime]:
    class Datetime(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Datetime:
            return cls.fromtimestamp(clock.now() / 1000, tz)

    return Datetime
