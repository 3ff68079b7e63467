"""The retry policies and timeouts of a state machine's tasks.

Retries are short, because an execution that gives up only pauses its saga. This is the one place to change a retry or
a timeout. `OWN` gives a single step its own policy:

    OWN = {"BookShipment": Policy(Retry(3, backoff=2, longest=4))}
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sagakit.errors import StillPending
from sagakit.step import Effect, Forward


@dataclass(frozen=True)
class Retry:
    """How often to retry a task, after which delays in seconds. Jitter may shorten a delay."""

    attempts: int
    interval: int = 1
    backoff: int = 1
    longest: int | None = None
    jitter: bool = True

    @property
    def delays(self) -> int:
        """The sum of all delays at their longest, in seconds."""
        grown = (self.interval * self.backoff**n for n in range(self.attempts))
        return sum(min(delay, self.longest or delay) for delay in grown)


@dataclass(frozen=True)
class Policy:
    """`timeout` is the task's, in seconds; `retry` is for every error that is no refusal. Then the saga is paused."""

    retry: Retry = field(default_factory=lambda: Retry(2, backoff=2))
    timeout: int = 5


USUAL = Policy()
OWN: Mapping[str, Policy] = {}

# An effect that is in progress outside, such as a payment that is processing, is asked about again.
STILL_PENDING = Retry(4, interval=3, jitter=False)


def waits(step: Forward | None) -> dict[str, Retry]:
    """Return the retries of a state that makes or undoes the effect of a step outside, by error."""
    return {} if not isinstance(step, Effect) else {StillPending.__name__: STILL_PENDING}
