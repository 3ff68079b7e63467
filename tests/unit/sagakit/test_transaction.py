"""What a cancelled transaction means, and how often it is retried."""

import time
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from inventory.domain import InsufficientStock
from sagakit import dynamodb
from sagakit.dynamodb import Item
from sagakit.errors import SagaCancelled, TransientError
from sagakit.transaction import ATTEMPTS, Action, Rank, action, transact
from sagakit.transient import TRANSIENT


class DoneBefore(Exception):
    """The refusal of the step's own row."""


CHANGE: dict[str, Any] = {
    "key": {"id": "1"},
    "update": "SET #seen = :seen",
    "condition": "attribute_exists(#id)",
    "seen": 1,
}

REFUSALS: dict[Rank, type[Exception]] = {
    Rank.OWN_ROW: DoneBefore,
    Rank.STATUS: SagaCancelled,
    Rank.RULE: InsufficientStock,
}

FINE = {"Code": "None"}
REFUSED = {"Code": "ConditionalCheckFailed"}
CONFLICT = {"Code": "TransactionConflict"}
DEFECT = {"Code": "ValidationError"}

# By rank: the rank of an action, and the reason why it fails.
FAILURES: dict[Rank, tuple[Rank, dict[str, str]]] = {
    Rank.OWN_ROW: (Rank.OWN_ROW, REFUSED),
    Rank.STATUS: (Rank.STATUS, REFUSED),
    Rank.BUSY: (Rank.RULE, CONFLICT),
    Rank.RULE: (Rank.RULE, REFUSED),
    Rank.DEFECT: (Rank.RULE, DEFECT),
}
PRECEDENCE = [Rank.OWN_ROW, Rank.STATUS, Rank.BUSY, Rank.RULE, Rank.DEFECT]
MEANINGS = {**REFUSALS, Rank.BUSY: TransientError, Rank.DEFECT: ClientError}


@pytest.fixture
def wire() -> Iterator[Stubber]:
    with Stubber(dynamodb.client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    return seconds


def an_action(rank: Rank, refusal: Exception | None = None) -> Action:
    return action("Update", "t", lambda _: refusal or REFUSALS[rank](), rank, **CHANGE)


def cancelled(wire: Stubber, *reasons: dict[str, Any], times: int = 1) -> None:
    for _ in range(times):
        wire.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            http_status_code=400,
            modeled_fields={"CancellationReasons": list(reasons)},
        )


def accepted(wire: Stubber) -> None:
    wire.add_response("transact_write_items", {})


def test_an_accepted_transaction_is_written_once(wire: Stubber) -> None:
    accepted(wire)
    transact([an_action(Rank.STATUS)])


@pytest.mark.parametrize(("one", "other"), list(permutations(PRECEDENCE, 2)))
def test_the_reason_with_the_higher_rank_wins_in_any_order(wire: Stubber, one: Rank, other: Rank) -> None:
    winner = min(one, other, key=PRECEDENCE.index)
    cancelled(wire, FAILURES[one][1], FAILURES[other][1], times=ATTEMPTS if winner is Rank.BUSY else 1)
    with pytest.raises(MEANINGS[winner]):
        transact([an_action(FAILURES[one][0]), an_action(FAILURES[other][0])])


def test_an_action_without_a_failure_is_not_a_reason(wire: Stubber) -> None:
    cancelled(wire, FINE, REFUSED, FINE)
    with pytest.raises(InsufficientStock):
        transact([an_action(Rank.OWN_ROW), an_action(Rank.RULE), an_action(Rank.STATUS)])


def test_the_first_of_two_broken_rules_is_raised(wire: Stubber) -> None:
    cancelled(wire, REFUSED, REFUSED)
    with pytest.raises(InsufficientStock, match="first"):
        transact([an_action(Rank.RULE, InsufficientStock("first")), an_action(Rank.RULE, InsufficientStock("second"))])


def test_a_refusal_is_built_from_the_current_item(wire: Stubber) -> None:
    seen: list[Item | None] = []

    def refusal(item: Item | None) -> Exception:
        seen.append(item)
        return SagaCancelled()

    cancelled(wire, {**REFUSED, "Item": {"status": {"S": "FAILED"}, "at": {"N": "7"}}})
    with pytest.raises(SagaCancelled):
        transact([action("Update", "t", refusal, Rank.STATUS, **CHANGE)])
    assert seen == [{"status": "FAILED", "at": 7}]


def test_every_condition_requests_the_item_that_failed_it() -> None:
    request: Any = an_action(Rank.STATUS).request
    assert request["Update"]["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_conflict_is_retried_and_then_raised_as_transient(wire: Stubber, code: str) -> None:
    cancelled(wire, {"Code": code}, times=ATTEMPTS)
    with pytest.raises(TransientError, match=code):
        transact([an_action(Rank.STATUS)])


def test_the_last_attempt_may_still_succeed(wire: Stubber, pauses: list[float]) -> None:
    cancelled(wire, CONFLICT, times=ATTEMPTS - 1)
    accepted(wire)
    transact([an_action(Rank.STATUS)])
    assert len(pauses) == ATTEMPTS - 1


def test_eight_attempts_take_two_and_a_half_seconds_at_most(wire: Stubber, pauses: list[float]) -> None:
    cancelled(wire, CONFLICT, times=8)
    with pytest.raises(TransientError):
        transact([an_action(Rank.STATUS)])
    assert len(pauses) == 7
    assert all(0.02 <= pause <= 0.5 for pause in pauses)
    assert sum(pauses) < 2.5


def test_transactions_that_collided_pause_for_different_times(wire: Stubber, pauses: list[float]) -> None:
    for _ in range(2):
        cancelled(wire, CONFLICT, times=ATTEMPTS)
        with pytest.raises(TransientError):
            transact([an_action(Rank.STATUS)])
    assert pauses[:7] != pauses[7:]


def test_a_broken_rule_is_not_retried(wire: Stubber, pauses: list[float]) -> None:
    cancelled(wire, REFUSED)
    with pytest.raises(InsufficientStock):
        transact([an_action(Rank.RULE)])
    assert not pauses


@pytest.mark.parametrize("code", sorted(TRANSIENT))
def test_a_throttled_call_is_retried_and_then_raised_as_transient(wire: Stubber, code: str) -> None:
    for _ in range(ATTEMPTS):
        wire.add_client_error("transact_write_items", code, http_status_code=400)
    with pytest.raises(TransientError, match=code):
        transact([an_action(Rank.STATUS)])


def test_a_lost_connection_is_retried(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def lost_once(**request: object) -> None:
        calls.append(request)
        if len(calls) == 1:
            raise EndpointConnectionError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(dynamodb.client, "transact_write_items", lost_once)
    transact([an_action(Rank.STATUS)])
    assert len(calls) == 2


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"])
def test_an_invalid_call_is_not_retried(wire: Stubber, pauses: list[float], code: str) -> None:
    wire.add_client_error("transact_write_items", code, http_status_code=400)
    with pytest.raises(ClientError, match=code):
        transact([an_action(Rank.STATUS)])
    assert not pauses
