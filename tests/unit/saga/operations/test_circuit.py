"""The breaker's state, as the functions write and read it."""

import pytest
from aws_lambda_powertools.shared.cache_dict import LRUDict

from payment.breaker import CIRCUIT, persistence
from saga.operations import circuit
from saga.stack.stack import Stack


def test_it_is_the_functions_circuit() -> None:
    assert circuit.CIRCUIT == CIRCUIT


def test_a_circuit_that_never_opened_is_closed(stack: Stack) -> None:
    assert circuit.breaker(stack) == circuit.Breaker("CLOSED", None, 0)


def test_an_open_circuit_has_its_time_and_its_failures(stack: Stack) -> None:
    persistence.save_open(CIRCUIT, failure_count=10, opened_at=1_767_225_600)
    found = circuit.breaker(stack)
    assert (found.state, found.since, found.failures) == ("OPEN", 1_767_225_600_000, 10)
    assert found.json["since"] == "2026-01-01T00:00:00.000Z"


def test_a_circuit_with_a_probe_is_half_open(stack: Stack) -> None:
    persistence.save_open(CIRCUIT, failure_count=10, opened_at=1_767_225_600)
    assert persistence.try_acquire_half_open(CIRCUIT, "an instance", 1_767_225_600)
    assert circuit.breaker(stack).state == "HALF_OPEN"


def test_a_reset_closes_the_circuit_for_the_functions_and_returns_the_previous_state(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    persistence.save_open(CIRCUIT, failure_count=10, opened_at=1_767_225_600)
    assert circuit.reset(stack).state == "OPEN"
    assert circuit.breaker(stack).state == "CLOSED"
    monkeypatch.setattr(persistence, "_cache", LRUDict())  # type: ignore[no-untyped-call]
    assert persistence.get_state(CIRCUIT).state == "CLOSED"


def test_a_reset_of_a_closed_circuit_changes_nothing(stack: Stack) -> None:
    assert circuit.reset(stack).state == "CLOSED"
    assert circuit.breaker(stack).state == "CLOSED"


def test_a_circuit_closed_by_a_reset_can_open_again(stack: Stack) -> None:
    circuit.reset(stack)
    persistence.save_open(CIRCUIT, failure_count=10, opened_at=1_767_225_600)
    assert circuit.breaker(stack).state == "OPEN"
