"""What a function keeps in memory: each invocation has its own, as if it ran in a separate process.

On Lambda, two concurrent invocations never share a process. Here they do, so the simulation swaps in what Powertools
keeps about a batch whenever an actor runs. What outlives an invocation on Lambda too, above all the
circuit breaker's counters, is shared as if the invocations had run one after the other.
"""

from copy import copy

from aws_lambda_powertools.shared.cache_dict import LRUDict
from aws_lambda_powertools.utilities.circuit_breaker import base as breaker

from payment.breaker import persistence
from sagakit.queues import worker
from sagakit.relay import app as relay

PROCESSORS = {processor: dict(vars(processor)) for processor in (relay.processor, worker.processor)}


class ProcessMemory:
    """The memory of one invocation."""

    def __init__(self) -> None:
        self._objects = {
            processor: {name: copy(value) for name, value in state.items()} for processor, state in PROCESSORS.items()
        }

    def load(self) -> None:
        """Swap this memory in."""
        for owner, state in self._objects.items():
            owner.__dict__ = state


def forget_circuits() -> None:
    """Reset the circuit breaker to its state on a new machine."""
    for counters in (breaker._LOCAL_FAILURES, breaker._LOCAL_SUCCESSES, breaker._LAST_OBSERVED_STATE):  # noqa: SLF001
        counters.clear()
    persistence._cache = LRUDict()  # type: ignore[no-untyped-call]  # noqa: SLF001
