"""A circuit breaker in front of the payment gateway, shared by all function instances through DynamoDB.

After repeated transient failures, calls fail fast with TransientError until a probe succeeds. A decline or a refusal
is a response and not a failure, so it does not count.
"""

import os
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from aws_lambda_powertools.utilities.circuit_breaker import (
    CircuitBreakerConfig,
    CircuitInfo,
    CircuitTransition,
    circuit_breaker,
)
from aws_lambda_powertools.utilities.circuit_breaker.persistence import CircuitBreakerDynamoDBPersistence

from payment.port import Gateway, Intent
from sagakit import dynamodb
from sagakit.errors import BusinessError, TransientError
from sagakit.observability import count, logger

CIRCUIT = "payment-gateway"

config = CircuitBreakerConfig(
    failure_threshold=10,  # in a row, in one instance
    recovery_timeout=5,  # seconds until a probe
    success_threshold=1,
    handled_exceptions=TransientError,
    local_cache_max_age=1,  # seconds
)

persistence = CircuitBreakerDynamoDBPersistence(os.environ["CIRCUIT_BREAKER_TABLE"], boto3_client=dynamodb.client)


def _fail_fast(*_args: object, circuit: CircuitInfo, **_kwargs: object) -> NoReturn:
    raise TransientError(f"the gateway's circuit is {circuit.state}")


def _report(change: CircuitTransition) -> None:
    logger.warning("circuit changed", extra={"from": change.from_state, "to": change.to_state})
    count("CircuitTransitions", to=change.to_state)


@circuit_breaker(CIRCUIT, persistence, on_circuit_open=_fail_fast, on_transition=_report, config=config)
def _call(method: Callable[..., Intent], *args: str, **kwargs: str | int) -> Intent | BusinessError:
    try:
        return method(*args, **kwargs)
    except BusinessError as refusal:  # a response too: as a probe, it closes the circuit
        return refusal


def _answer(method: Callable[..., Intent], *args: str, **kwargs: str | int) -> Intent:
    answer: Intent | BusinessError = _call(method, *args, **kwargs)
    if isinstance(answer, BusinessError):
        raise answer
    return answer


class GuardedGateway:
    """A gateway behind the circuit breaker: its calls raise TransientError while the circuit is open."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def __getattr__(self, name: str) -> Callable[..., Intent]:
        """Return the gateway's method, behind the circuit breaker."""
        return partial(_answer, getattr(self._gateway, name))
