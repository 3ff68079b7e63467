"""Virtual time for the functions and for Powertools: it moves only when the simulation advances it."""

import datetime as dt
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from unittest.mock import patch

START = 1_800_000_000_000  # milliseconds since the epoch

POWERTOOLS = "aws_lambda_powertools.utilities"
READ_THE_TIME = {
    "idempotency": ("base", "persistence.base", "persistence.datarecord", "persistence.dynamodb"),
    "circuit_breaker": ("base", "persistence.base", "persistence.dynamodb"),
}


class VirtualClock:
    """The true time in milliseconds since the epoch, and the skew of the machine that reads it."""

    def __init__(self) -> None:
        self.true = START
        self.skew = 0
        self._ids = 0

    def now(self) -> int:
        """Return the time as the running machine sees it."""
        return self.true + self.skew

    def advance(self, milliseconds: int) -> None:
        """Let time pass."""
        self.true += milliseconds

    def new_id(self) -> uuid.UUID:
        """Return a new id. The same schedule gets the same ids."""
        self._ids += 1
        return uuid.UUID(int=self._ids, version=4)


@contextmanager
def installed(clock: VirtualClock) -> Iterator[None]:
    """Make the functions and Powertools read this clock, and sleep by it."""
    module = SimpleNamespace(datetime=_datetime(clock), timedelta=dt.timedelta)
    with ExitStack() as patches:
        patches.enter_context(patch("sagakit.clock.time", SimpleNamespace(time_ns=lambda: clock.now() * 1_000_000)))
        patches.enter_context(patch.object(time, "sleep", lambda seconds: clock.advance(int(seconds * 1000))))
        patches.enter_context(patch("sagakit.transaction.random", SimpleNamespace(uniform=lambda _low, high: high)))
        patches.enter_context(patch.object(uuid, "uuid4", clock.new_id))
        for name in (f"{package}.{each}" for package, modules in READ_THE_TIME.items() for each in modules):
            patches.enter_context(patch(f"{POWERTOOLS}.{name}.dt", module))
        yield


def _datetime(clock: VirtualClock) -> type[dt.datetime]:
    class Datetime(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> "Datetime":
            return cls.fromtimestamp(clock.now() / 1000, tz)

    return Datetime
