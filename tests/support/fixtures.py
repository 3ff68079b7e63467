"""Fixtures for tests that run in process."""

import io
import time
from collections.abc import Iterator
from threading import RLock
from typing import Any

import pytest
from aws_lambda_powertools.shared.cache_dict import LRUDict
from botocore.client import BaseClient
from moto import mock_aws
from pytest_socket import disable_socket, enable_socket

from sagakit.observability import logger
from sagakit.relay import publishing, starting
from tests.support.bus import Bus
from tests.support.log_capture import written
from tests.support.queues import Queues, used
from tests.support.stopped_clock import StoppedClock, stopped
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
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        _one_call_at_a_time(patch)
        begin()
        yield


def _one_call_at_a_time(patch: pytest.MonkeyPatch) -> None:
    """Make calls of AWS wait for each other: the sweepers work in threads, and moto copies whole tables."""
    call, lock = BaseClient._make_api_call, RLock()  # type: ignore[attr-defined]  # noqa: SLF001

    def alone(client: BaseClient, operation: str, request: dict[str, Any]) -> Any:
        with lock:
            return call(client, operation, request)

    patch.setattr(BaseClient, "_make_api_call", alone)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """Stop the clock until the test moves it."""
    return stopped(monkeypatch)


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch, world: None, still: StoppedClock) -> Queues:  # noqa: ARG001
    """Let the workers and the relay use queues in memory."""
    return used(monkeypatch)


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
