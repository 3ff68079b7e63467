"""The time budget: even with every attempt used and every delay at its longest, nothing outlasts its caller."""

from typing import Any

import pytest

from sagakit.pausing import MAX_WAIT
from sagakit.saga import Saga, sagas
from statemachine import budget
from tests.support.template import definition, resources, template
from tests.template.graph import MACHINES, forward, function, successors, tasks, undoing

LONGEST_EXPRESS = 300  # seconds
API_GATEWAY_PATIENCE = 29  # seconds
GATEWAY_CALL = float(template()["Globals"]["Function"]["Environment"]["Variables"]["GATEWAY_TIMEOUT_SECONDS"])
HOUR = 3600  # seconds
PATIENCE = template()["Parameters"]["CompensationPatienceSeconds"]
DEADLINES = {saga.name: template()["Parameters"].get(saga.name_for("{}DeadlineSeconds"), PATIENCE) for saga in MACHINES}
EACH_MACHINE = pytest.mark.parametrize("saga", MACHINES, ids=lambda saga: str(saga.name))


def delays(retrier: dict[str, Any]) -> float:
    grown = [retrier["IntervalSeconds"] * retrier["BackoffRate"] ** n for n in range(retrier["MaxAttempts"])]
    return float(sum(min(delay, retrier.get("MaxDelaySeconds", delay)) for delay in grown))


def longest(name: str) -> float:
    """Return the worst case in seconds: each retrier counts its own attempts, and all are used up."""
    retriers = [rule for rule in tasks()[name]["Retry"] if rule["MaxAttempts"]]
    attempts = 1 + sum(rule["MaxAttempts"] for rule in retriers)
    return float(attempts * tasks()[name]["TimeoutSeconds"] + sum(map(delays, retriers)))


def longest_path(saga: Saga, *before: str) -> float:
    """Return the longest way on after these states. None of them runs twice: how a saga was decided is final."""
    states, here = definition(saga.name)["States"], 0.0
    following = successors(states[before[-1]]) if before else {definition(saga.name)["StartAt"]}
    for name in following - {*before}:
        own = longest(name) if name in tasks() else 0
        here = max(here, own + longest_path(saga, *before, name))
    return here


@pytest.mark.parametrize("name", tasks())
def test_the_gateway_call_ends_before_the_function_and_the_function_before_the_task(name: str) -> None:
    assert GATEWAY_CALL < function(name)["Timeout"] < tasks()[name]["TimeoutSeconds"]


@EACH_MACHINE
def test_the_longest_path_fits_into_an_execution_even_an_express_one(saga: Saga) -> None:
    assert longest_path(saga) < definition(saga.name)["TimeoutSeconds"] <= LONGEST_EXPRESS


@EACH_MACHINE
def test_an_execution_ends_before_recovery_cancels_or_parks_its_saga(saga: Saga) -> None:
    for limit in (DEADLINES[saga.name], PATIENCE):
        assert definition(saga.name)["TimeoutSeconds"] < limit["MinValue"] <= limit["Default"]


@pytest.mark.parametrize("saga", [saga for saga in sagas().values() if saga.steps], ids=lambda saga: str(saga.name))
def test_a_saga_waits_two_hours_before_it_is_cancelled_and_a_day_before_it_is_parked(saga: Saga) -> None:
    assert template()["Parameters"][saga.name_for("{}DeadlineSeconds")]["Default"] == 2 * HOUR
    assert PATIENCE["Default"] == 24 * HOUR


@EACH_MACHINE
def test_the_longest_pause_leaves_time_for_several_executions_before_the_deadline(saga: Saga) -> None:
    assert 3 * (MAX_WAIT / 1000 + definition(saga.name)["TimeoutSeconds"]) < DEADLINES[saga.name]["Default"]


@EACH_MACHINE
def test_the_table_and_the_budget_use_the_seconds_of_the_template(saga: Saga) -> None:
    assert saga.execution_seconds == definition(saga.name)["TimeoutSeconds"]
    assert saga.deadline_seconds == DEADLINES[saga.name]["Default"]
    assert {(budget.GATEWAY_CALL, budget.FUNCTION)} == {(GATEWAY_CALL, function(name)["Timeout"]) for name in tasks()}


@EACH_MACHINE
def test_the_comment_of_the_definition_has_the_same_sums(saga: Saga) -> None:
    task = {state["TimeoutSeconds"] for state in tasks().values()}
    timeouts = {function(name)["Timeout"] for name in tasks()}
    halves = forward(saga), [*undoing(saga), saga.name_for("Pause{}")]
    ways = [" + ".join(f"{longest(name):g}" for name in way) for way in halves]
    comment = definition(saga.name)["Comment"]
    assert f"gateway call {GATEWAY_CALL:g} < function {timeouts.pop()} < task {task.pop()};" in comment
    assert f"forward {ways[0]}, compensation and pause {ways[1]}," in comment
    assert f"path {longest_path(saga):g} < execution {definition(saga.name)['TimeoutSeconds']} " in comment
    assert f"< {saga.name} deadline {DEADLINES[saga.name]['Default']}." in comment
    assert not task
    assert not timeouts


def test_a_request_is_answered_before_the_api_times_out() -> None:
    functions = resources("AWS::Serverless::Function").values()
    behind_api = [each["Properties"] for each in functions if "Api" in str(each["Properties"].get("Events"))]
    default = template()["Globals"]["Function"]["Timeout"]
    assert behind_api
    assert all(each.get("Timeout", default) < API_GATEWAY_PATIENCE for each in behind_api)
