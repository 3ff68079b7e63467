"""The three kinds of errors, as each task treats them."""

import ast
from typing import Any

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
)

from sagakit.errors import BusinessError, SagaCancelled, TransientError, UnknownSaga
from sagakit.step import Forward
from sagas import ORDER
from tests.support.template import tasks
from tests.template.graph import function, participant
from tests.template.source import modules, names, reachable

BUSINESS = {error.__name__ for error in BusinessError.__subclasses__() if error.__module__ in modules()}
DUPLICATE = IdempotencyAlreadyInProgressError.__name__
TRANSIENT = {
    TransientError.__name__,
    IdempotencyPersistenceLayerError.__name__,
    "Lambda.TooManyRequestsException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Sandbox.Timedout",
    "States.Timeout",
}
OTHER = {"States.ALL"}
IDEMPOTENT = [name for name in tasks() if "IdempotencyTable" in str(function(name)["Policies"])]


def retriers(name: str) -> list[dict[str, Any]]:
    return list(tasks()[name]["Retry"])


def refusals(name: str) -> set[str]:
    return set(retriers(name)[0]["ErrorEquals"])


def may_raise(name: str) -> set[str]:
    return names(function(name)["Handler"]) & BUSINESS


def created(name: str) -> set[str]:
    """Return the names of the classes that a task's code creates instances of."""
    code = [node for each in reachable(function(name)["Handler"]) for node in ast.walk(each)]
    return {ast.unparse(node.func) for node in code if isinstance(node, ast.Call)}


@pytest.mark.parametrize("name", tasks())
def test_a_task_handles_the_three_kinds_in_this_order_and_retries_no_refusal(name: str) -> None:
    business, *duplicate, transient, other = [set(rule["ErrorEquals"]) for rule in retriers(name)]
    assert UnknownSaga.__name__ in business <= BUSINESS
    assert retriers(name)[0]["MaxAttempts"] == 0
    assert duplicate == ([{DUPLICATE}] if name in IDEMPOTENT else [])
    assert (transient, other) == (TRANSIENT, OTHER)


@pytest.mark.parametrize("name", tasks())
def test_a_transient_error_is_retried_with_backoff_cap_and_full_jitter(name: str) -> None:
    transient = retriers(name)[-2]
    assert transient["MaxAttempts"] >= 3
    assert transient["BackoffRate"] > 1
    assert transient["MaxDelaySeconds"] > transient["IntervalSeconds"]
    assert transient["JitterStrategy"] == "FULL"


@pytest.mark.parametrize("name", tasks())
def test_any_other_error_is_retried_a_few_times(name: str) -> None:
    other = retriers(name)[-1]
    assert 1 <= other["MaxAttempts"] < retriers(name)[-2]["MaxAttempts"]
    assert other["JitterStrategy"] == "FULL"


@pytest.mark.parametrize("step", ORDER.forward, ids=lambda step: str(step.state))
def test_a_step_lists_its_declared_refusals_and_its_participant_raises_each(step: Forward) -> None:
    declared = {error.__name__ for error in step.refusals}
    assert refusals(step.state) == {*declared, SagaCancelled.__name__, UnknownSaga.__name__}
    assert {rule["ErrorEquals"][0] for rule in tasks()[step.state]["Catch"][:-1]} == declared <= created(step.state)


@pytest.mark.parametrize("name", tasks())
def test_a_task_lists_no_refusal_that_its_code_cannot_raise(name: str) -> None:
    assert refusals(name) <= may_raise(name)


@pytest.mark.parametrize("owner", sorted({participant(name) for name in tasks()}))
def test_every_refusal_of_a_participant_is_listed_by_one_of_its_tasks(owner: str) -> None:
    its_tasks = [name for name in tasks() if participant(name) == owner]
    assert set().union(*map(refusals, its_tasks)) == set().union(*map(may_raise, its_tasks))


def test_every_refusal_belongs_to_a_task() -> None:
    assert set().union(*map(refusals, tasks())) == BUSINESS


@pytest.mark.parametrize("name", IDEMPOTENT)
def test_the_wait_for_a_duplicate_outlasts_it(name: str) -> None:
    duplicate = retriers(name)[1]
    assert "JitterStrategy" not in duplicate  # full jitter might not wait at all
    waits = [duplicate["IntervalSeconds"] * duplicate["BackoffRate"] ** n for n in range(duplicate["MaxAttempts"])]
    assert sum(waits) > function(name)["Timeout"]
