"""A circuit breaker around the gateway, shared by all function instances through DynamoDB.

After repeated transient failures calls fail fast, as transient errors; then one instance probes. Declines are answers,
not failures, and do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.utilities.circuit_breaker import CircuitBreakerConfig, circuit_breaker
from aws_lambda_powertools.utilities.circuit_breaker.persistence import CircuitBreakerDynamoDBPersistence

from shared import dynamodb, tables
from shared.errors import TransientError
from shared.observability import count, logger

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from aws_lambda_powertools.utilities.circuit_breaker import CircuitInfo, CircuitTransition

    from payment.domain import Intent
    from payment.gateway import Gateway

CIRCUIT = "payment-gateway"

config = CircuitBreakerConfig(
    failure_threshold=10,  # in a row, in one instance
    recovery_timeout=5,  # seconds until a probe
    success_threshold=1,
    handled_exceptions=TransientError,
    local_cache_max_age=1,  # seconds
)

persistence = CircuitBreakerDynamoDBPersistence(tables.breaker(), boto3_client=dynamodb.client)


def _fail_fast(*_args: object, circuit: CircuitInfo, **_kwargs: object) -> NoReturn:
    raise TransientError(f"the gateway's circuit is {circuit.state}")


def _tell(change: CircuitTransition) -> None:
    logger.warning("circuit changed", extra={"from": change.from_state, "to": change.to_state})
    count("CircuitTransitions", to=change.to_state)


def _through(method: Callable[..., Intent], *args: str, **kwargs: str | int) -> Intent:
    return method(*args, **kwargs)


_call: Callable[..., Intent] = circuit_breaker(
    CIRCUIT, persistence, on_circuit_open=_fail_fast, on_transition=_tell, config=config
)(_through)


class GuardedGateway:
    """A gateway behind the breaker."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def create_intent(self, *, key: str, amount: int, token: str) -> Intent:
        """Create the intent, or give the one that this key created before."""
        return _call(self._gateway.create_intent, key=key, amount=amount, token=token)

    def confirm(self, intent_id: str, *, key: str) -> Intent:
        """Take the money."""
        return _call(self._gateway.confirm, intent_id, key=key)

    def cancel(self, intent_id: str) -> Intent:
        """Void the intent."""
        return _call(self._gateway.cancel, intent_id)

    def refund(self, intent_id: str) -> Intent:
        """Give back all that was taken."""
        return _call(self._gateway.refund, intent_id)
