"""What a function keeps in memory: each invocation has its own, as if it ran on a machine of its own.

Two invocations at once never share a process on Lambda. Here they do, so what Powertools keeps of a request or a batch
is put aside and brought back whenever another one goes on. What lives on between invocations anyhow, the circuit
breaker's counters above all, they share as if they had run one after the other.
"""

from collections.abc import Iterator
from copy import copy
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.shared.cache_dict import LRUDict
from aws_lambda_powertools.utilities.circuit_breaker import base as breaker

from order.api import app
from payment.breaker import persistence as circuits
from sagakit.relay.app import processor

REQUEST = ("current_event", "lambda_context")  # Powertools keeps them on the class


PROCESSOR, APP = dict(vars(processor)), dict(vars(app))


class Memory:
    """The memory of one invocation."""

    def __init__(self) -> None:
        self._objects = dict(_fresh())
        self._request: dict[str, Any] = dict.fromkeys(REQUEST)

    def enter(self) -> None:
        """Go on in this memory."""
        for owner, state in self._objects.items():
            owner.__dict__ = state
        for name, value in self._request.items():
            setattr(BaseRouter, name, value)

    def leave(self) -> None:
        """Put aside what another one might overwrite."""
        self._request = {name: getattr(BaseRouter, name) for name in REQUEST}


def _fresh() -> Iterator[tuple[Any, dict[str, Any]]]:
    yield processor, {name: copy(value) for name, value in PROCESSOR.items()}
    yield app, {**APP, "context": {}}


def forget_circuits() -> None:
    """Let the circuit breaker begin as on a new machine."""
    for counters in (breaker._LOCAL_FAILURES, breaker._LOCAL_SUCCESSES, breaker._LAST_OBSERVED_STATE):  # noqa: SLF001
        counters.clear()
    circuits._cache = LRUDict()  # type: ignore[no-untyped-call]  # noqa: SLF001
