"""A clock that stands still until a test moves it: the functions', and the circuit breaker's with it."""

from dataclasses import dataclass

import pytest

from sagakit import clock

BREAKER = "aws_lambda_powertools.utilities.circuit_breaker.base.CircuitBreakerHandler._now"
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000  # milliseconds


@dataclass
class StoppedClock:
    """The time, in milliseconds since the epoch."""

    now: int

    def advance(self, milliseconds: int) -> None:
        """Move the clock on."""
        self.now += milliseconds


def stopped(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """Stop both clocks at the current time."""
    still = StoppedClock(clock.now())
    monkeypatch.setattr(clock, "now", lambda: still.now)
    monkeypatch.setattr(BREAKER, staticmethod(lambda: still.now // SECOND))
    return still
