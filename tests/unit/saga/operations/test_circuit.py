"""The breaker's state, as the functions themselves write and read it."""

import pytest
from aws_lambda_powertools.shared.cache_dict import LRUDict

from payment.breaker import CIRCUIT, persistence
from saga.operations import breaker
from saga.stack import Stack


def test_it_is_the_functions_own_circuit() -> None:
    assert breaker.CIRCUIT == CIRCUIT


def test_a_circuit_that_never_opened_is_closed(stack: Stack) -> None:
    assert breaker.breaker(stack) == breaker.Breaker("CLOSED", None, 0)


def test_an_open_circuit_says_since_when_and_after_how_many_failures(stack: Stack) -> None:
    persistence.save_open(CIRCUIT, failure_count=10, opened_at=1_767_225_600)
    found = breaker.breaker(stack)
    assert (found.state, found.since, found.failures) == ("OPEN", 1_767_225_600_000, 10)
    assert found.json["since"] == "2026-01-01T00:00:00.000Z"


def test_a_circuit_that_is_tried_out_is_half_open(stack: Stack) -> None:
    persistence.save_open(CIRCUIT, failure_count=10, opened_at=1_767_225_600)
    assert persistence.try_acquire_half_open(CIRCUIT, "an instance", 1_767_225_600)
    assert breaker.breaker(stack).state == "HALF_OPEN"


def test_a_reset_closes_it_for_the_functions_and_gives_it_as_it_was(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    persistence.save_open(CIRCUIT, failure_count=10, opened_at=1_767_225_600)
    assert breaker.reset(stack).state == "OPEN"
    assert breaker.breaker(stack).state == "CLOSED"
    monkeypatch.setattr(persistence, "_cache", LRUDict())  # type: ignore[no-untyped-call]
    assert persistence.get_state(CIRCUIT).state == "CLOSED"


def test_a_reset_of_a_closed_circuit_changes_nothing(stack: Stack) -> None:
    assert breaker.reset(stack).state == "CLOSED"
    assert breaker.breaker(stack).state == "CLOSED"


def test_a_circuit_closed_by_a_reset_can_open_again(stack: Stack) -> None:
    breaker.reset(stack)
    persistence.save_open(CIRCUIT, failure_count=10, opened_at=1_767_225_600)
    assert breaker.breaker(stack).state == "OPEN"
