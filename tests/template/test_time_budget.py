"""The time budget: even with every attempt used and every delay at its longest, nothing outlasts its caller."""

from typing import Any

import pytest

from sagakit.pausing import MAX_WAIT
from sagas import ORDER
from statemachine import budget
from tests.support.template import definition, resources, tasks, template
from tests.template.graph import PAUSE, forward, function, successors, undoing

LONGEST_EXPRESS = 300  # seconds
API_GATEWAY_PATIENCE = 29  # seconds
GATEWAY_CALL = float(template()["Globals"]["Function"]["Environment"]["Variables"]["GATEWAY_TIMEOUT_SECONDS"])
HOUR = 3600  # seconds
PATIENCE = template()["Parameters"]["CompensationPatienceSeconds"]
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


@pytest.mark.parametrize("limit", [ORDER_DEADLINE, PATIENCE], ids=["pending", "cancelling"])
def test_an_execution_ends_before_recovery_cancels_or_parks_its_order(limit: dict[str, Any]) -> None:
    assert definition()["TimeoutSeconds"] < limit["MinValue"] <= limit["Default"]


def test_an_order_waits_two_hours_before_it_is_cancelled_and_a_day_before_it_is_parked() -> None:
    assert ORDER_DEADLINE["Default"] == 2 * HOUR
    assert PATIENCE["Default"] == 24 * HOUR


def test_the_longest_pause_leaves_time_for_several_executions_before_the_deadline() -> None:
    assert 3 * (MAX_WAIT / 1000 + definition()["TimeoutSeconds"]) < ORDER_DEADLINE["Default"]


def test_the_table_and_the_budget_use_the_seconds_of_the_template() -> None:
    assert (ORDER.execution_seconds, ORDER.deadline_seconds) == (
        definition()["TimeoutSeconds"],
        ORDER_DEADLINE["Default"],
    )
    assert {(budget.GATEWAY_CALL, budget.FUNCTION)} == {(GATEWAY_CALL, function(name)["Timeout"]) for name in tasks()}


def test_the_comment_of_the_definition_has_the_same_sums() -> None:
    task = {state["TimeoutSeconds"] for state in tasks().values()}
    timeouts = {function(name)["Timeout"] for name in tasks()}
    ways = [" + ".join(f"{longest(name):g}" for name in way) for way in (forward(), [*undoing(), PAUSE])]
    comment = definition()["Comment"]
    assert f"gateway call {GATEWAY_CALL:g} < function {timeouts.pop()} < task {task.pop()};" in comment
    assert f"forward {ways[0]}, compensation and pause {ways[1]}," in comment
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
