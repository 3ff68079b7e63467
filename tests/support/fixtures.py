"""Fixtures for tests that run in process."""

import io
import time
from collections.abc import Iterator

import pytest
from aws_lambda_powertools.shared.cache_dict import LRUDict
from moto import mock_aws
from pytest_socket import disable_socket, enable_socket

from sagakit.observability import logger
from sagakit.relay import publishing, starting
from tests.support.bus import Bus
from tests.support.log_capture import written
from tests.support.world import begin


@pytest.fixture(autouse=True)
def no_sockets() -> Iterator[None]:
    """Block the network."""
    disable_socket()
    yield
    enable_socket()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make retries and late responses take no time."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


@pytest.fixture
def closed_circuit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reset the circuit breaker's caches, as in a new function instance."""
    breaker = "aws_lambda_powertools.utilities.circuit_breaker.base"
    for cache in ("_LOCAL_FAILURES", "_LOCAL_SUCCESSES", "_LAST_OBSERVED_STATE"):
        monkeypatch.setattr(f"{breaker}.{cache}", {})
    monkeypatch.setattr("payment.breaker.persistence._cache", LRUDict())  # type: ignore[no-untyped-call]


@pytest.fixture
def world(closed_circuit: None) -> Iterator[None]:  # noqa: ARG001
    """Start with the template's tables and a stocked catalogue."""
    with mock_aws():
        begin()
        yield


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Capture what the functions log."""
    with written(logger) as lines:
        yield lines


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch, world: None) -> Bus:  # noqa: ARG001
    """Make the relay publish to a fake bus and start executions of a state machine that does nothing."""
    bus = Bus()
    monkeypatch.setattr(publishing, "bus", bus)
    definition = '{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}'
    starting.sfn.create_state_machine(name="test", definition=definition, roleArn="arn:aws:iam::123456789012:role/r")
    return bus
