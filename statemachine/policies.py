"""The retry policies and timeouts of a state machine's tasks.

This is the one place to change a retry or a timeout. `OWN` gives a single step its own policy:

    OWN = {"BookShipment": replace(FORWARD, passing=Retry(5, backoff=2, longest=4))}
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Transient errors: ours, Powertools', and those that AWS documents for Lambda and Step Functions.
PASSING = (
    "TransientError",
    "IdempotencyPersistenceLayerError",
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Sandbox.Timedout",
    "States.Timeout",
)


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
    """`timeout` is the task's, in seconds; `passing` retries transient errors, `other` unexpected ones."""

    passing: Retry
    other: Retry = field(default_factory=lambda: Retry(1))
    timeout: int = 5


FORWARD = DECISION = Policy(Retry(3, backoff=2, longest=2))
COMPENSATION = Policy(Retry(7, backoff=2, longest=3))
OWN: Mapping[str, Policy] = {}

# A concurrent duplicate of an external effect ends within the function's timeout; this wait is longer.
DUPLICATE_AT_WORK = Retry(1, interval=5, jitter=False)
