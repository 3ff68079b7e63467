"""The time budget: even with every attempt used and every delay at its longest, nothing outlasts its caller."""

from typing import Any

import pytest

from sagas import ORDER
from statemachine import budget
from tests.support.template import definition, resources, tasks, template
from tests.template.graph import forward, function, successors, undoing

LONGEST_EXPRESS = 300  # seconds
API_GATEWAY_PATIENCE = 29  # seconds
GATEWAY_CALL = float(template()["Globals"]["Function"]["Environment"]["Variables"]["GATEWAY_TIMEOUT_SECONDS"])
ORDER_DEADLINE = template()["Parameters"]["OrderDeadlineSeconds"]


def delays(retrier: dict[str, Any]) -> float:
    grown = [retrier["IntervalSeconds"] * retrier["BackoffRate"] ** n for n in range(retrier["MaxAttempts"])]
    return float(sum(min(delay, retrier.get("MaxDelaySeconds", delay)) for delay in grown))


def longest(name: str) -> float:
    """Return the worst case in seconds: each retrier counts its own attempts, and all are used up."""
    retriers = [rule for rule in tasks()[name]["Retry"] if rule["MaxAttempts"]]
    attempts = 1 + sum(rule["MaxAttempts"] for rule in retriers)
    return float(attempts * tasks()[name]["TimeoutSeconds"] + sum(map(delays, retriers)))


def longest_path(name: str) -> float:
    here = longest(name) if name in tasks() else 0
    return here + max(map(longest_path, successors(definition()["States"][name])), default=0)


@pytest.mark.parametrize("name", tasks())
def test_the_gateway_call_ends_before_the_function_and_the_function_before_the_task(name: str) -> None:
    assert GATEWAY_CALL < function(name)["Timeout"] < tasks()[name]["TimeoutSeconds"]


def test_the_longest_path_fits_into_an_execution_even_an_express_one() -> None:
    assert longest_path(definition()["StartAt"]) < definition()["TimeoutSeconds"] <= LONGEST_EXPRESS


def test_an_execution_ends_before_the_deadline_of_its_order() -> None:
    assert definition()["TimeoutSeconds"] < ORDER_DEADLINE["MinValue"] <= ORDER_DEADLINE["Default"]


def test_the_table_and_the_budget_use_the_seconds_of_the_template() -> None:
    assert (ORDER.execution_seconds, ORDER.deadline_seconds) == (
        definition()["TimeoutSeconds"],
        ORDER_DEADLINE["Default"],
    )
    assert {(budget.GATEWAY_CALL, budget.FUNCTION)} == {(GATEWAY_CALL, function(name)["Timeout"]) for name in tasks()}


def test_the_comment_of_the_definition_has_the_same_sums() -> None:
    task = {state["TimeoutSeconds"] for state in tasks().values()}
    timeouts = {function(name)["Timeout"] for name in tasks()}
    ways = [" + ".join(f"{longest(name):g}" for name in way) for way in (forward(), undoing())]
    comment = definition()["Comment"]
    assert f"gateway call {GATEWAY_CALL:g} < function {timeouts.pop()} < task {task.pop()};" in comment
    assert f"forward {ways[0]}, compensation {ways[1]}," in comment
    assert f"path {longest_path(definition()['StartAt']):g} < execution {definition()['TimeoutSeconds']} " in comment
    assert f"< order deadline {ORDER_DEADLINE['Default']}." in comment
    assert not task
    assert not timeouts


def test_a_request_is_answered_before_the_api_times_out() -> None:
    functions = resources("AWS::Serverless::Function").values()
    behind_api = [each["Properties"] for each in functions if "Api" in str(each["Properties"].get("Events"))]
    default = template()["Globals"]["Function"]["Timeout"]
    assert behind_api
    assert all(each.get("Timeout", default) < API_GATEWAY_PATIENCE for each in behind_api)
