"""The rules and schedules: broken executions, the sweepers, parked orders."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from sagakit.saga import sagas
from sagakit.sweeping import MIN_REMAINING, PARTS
from tests.support.template import ROOT, resources, template
from tests.template.graph import REFUSED
from tests.template.transformed import transformed

FUNCTIONS = resources("AWS::Serverless::Function")
RECOVERY = FUNCTIONS["RecoverOrderFunction"]["Properties"]
SWEEPERS = ("SweepOutboxFunction", "SweepOrdersFunction")
WHOLE_PROCESSOR = 1769  # megabytes of memory that come with it
PATTERN = RECOVERY["Events"]["ExecutionBroke"]["Properties"]["Pattern"]
WATCHED = PATTERN["detail"]["stateMachineArn"]


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = template()["Resources"][name]["Properties"]
    return found


def schedules(name: str) -> list[dict[str, Any]]:
    """Return the schedules of a function."""
    events = properties(name).get("Events", {}).values()
    return [event["Properties"] for event in events if event["Type"] == "Schedule"]


def broken(**detail: str) -> dict[str, Any]:
    """Return the sample event of a broken execution, with another status or error."""
    event: dict[str, Any] = json.loads((ROOT / "events" / "recover_order.json").read_text())
    return {**event, "detail": {**event["detail"], **detail}}


def calls_recovery(event: dict[str, Any]) -> bool:
    """Return whether recovery's rule matches the event, with the state machines' ARNs filled in."""
    arns = [f"arn:aws:states:us-east-1:123456789012:stateMachine:order-saga-dev-{each['Ref']}" for each in WATCHED]
    matcher: Any = EventPattern(None, {**PATTERN, "detail": {**PATTERN["detail"], "stateMachineArn": arns}})
    return bool(matcher.matches_event(event))


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT", "FAILED"])
def test_recovery_is_called_for_every_way_an_execution_can_break(status: str) -> None:
    assert calls_recovery(broken(status=status, error="States.Runtime"))


def test_recovery_is_called_when_aws_leaves_out_the_error() -> None:
    event = broken(status="FAILED")
    del event["detail"]["error"]
    assert calls_recovery(event)


@pytest.mark.parametrize("error", sorted(REFUSED))
def test_recovery_is_not_called_for_refusals_that_the_saga_has_undone(error: str) -> None:
    assert not calls_recovery(broken(status="FAILED", error=error))


def test_recovery_is_called_for_every_other_error() -> None:
    errors = [error for way in PATTERN["detail"]["$or"] for error in way.get("error", [])]
    left_out = [error["anything-but"] for error in errors if "anything-but" in error]
    assert [sorted(errors) for errors in left_out] == [sorted(REFUSED)]


def test_recovery_watches_every_state_machine() -> None:
    assert [{"Ref": name} for name in resources("AWS::Serverless::StateMachine")] == WATCHED


def test_recovery_is_called_neither_for_successful_executions_nor_for_other_state_machines() -> None:
    assert not calls_recovery(broken(status="SUCCEEDED"))
    assert not calls_recovery(
        broken(status="ABORTED", stateMachineArn="arn:aws:states:us-east-1:123456789012:stateMachine:other")
    )


def test_the_sample_event_calls_recovery() -> None:
    assert calls_recovery(broken())


@pytest.mark.parametrize("name", [*SWEEPERS, "ReportBacklogFunction"])
def test_a_function_on_a_schedule_runs_every_minute_and_ends_before_the_next_run(name: str) -> None:
    assert {schedule["Schedule"] for schedule in schedules(name)} == {"rate(1 minute)"}
    assert properties(name)["Timeout"] < 60


def test_nothing_else_is_on_a_schedule() -> None:
    assert {name for name in FUNCTIONS if schedules(name)} == {*SWEEPERS, "ReportBacklogFunction"}


@pytest.mark.parametrize("name", SWEEPERS)
def test_a_sweeper_starts_nothing_that_it_cannot_finish(name: str) -> None:
    assert properties(name)["Timeout"] > MIN_REMAINING / 1000


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_reserves_no_concurrency_which_a_young_account_refuses(name: str) -> None:
    assert "ReservedConcurrentExecutions" not in properties(name)


@pytest.mark.parametrize("name", [*SWEEPERS, "ReportBacklogFunction"])
def test_a_scheduled_run_that_fails_or_is_late_is_left_to_the_next_one(name: str) -> None:
    (config,) = [
        each["Properties"]
        for each in transformed().values()
        if each["Type"] == "AWS::Lambda::EventInvokeConfig" and each["Properties"]["FunctionName"] == {"Ref": name}
    ]
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 60)


def test_each_part_of_the_open_sagas_is_swept_by_one_schedule_with_a_whole_processor() -> None:
    swept = [json.loads(schedule["Input"]) for schedule in schedules("SweepOrdersFunction")]
    assert swept == [{"part": part} for part in range(PARTS)]
    assert properties("SweepOrdersFunction")["MemorySize"] == WHOLE_PROCESSOR


def test_one_schedule_tries_again_all_that_is_set_aside() -> None:
    (schedule,) = schedules("SweepOutboxFunction")
    assert "Input" not in schedule


def test_the_event_of_a_parked_saga_of_any_kind_goes_to_the_queue() -> None:
    rule, parked = properties("ParkedOrdersRule"), [saga.name_for("{}Parked") for saga in sagas().values()]
    source = template()["Globals"]["Function"]["Environment"]["Variables"]["EVENT_SOURCE"]
    assert rule["EventBusName"] == {"Ref": "OrderEventBus"}
    assert rule["EventPattern"] == {"source": [source], "detail-type": parked}
    assert [target["Arn"] for target in rule["Targets"]] == [{"Fn::GetAtt": ["ParkedOrdersQueue", "Arn"]}]


def test_only_that_rule_may_send_to_the_queue() -> None:
    policy = properties("ParkedOrdersQueuePolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert policy["Queues"] == [{"Ref": "ParkedOrdersQueue"}]
    assert (statement["Action"], statement["Principal"]) == ("sqs:SendMessage", {"Service": "events.amazonaws.com"})
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["ParkedOrdersRule", "Arn"]}}}


@pytest.mark.parametrize("name", resources("AWS::SQS::Queue"))
def test_a_queue_is_encrypted_and_keeps_messages_as_long_as_sqs_allows(name: str) -> None:
    assert properties(name)["SqsManagedSseEnabled"] is True
    assert properties(name)["MessageRetentionPeriod"] == 14 * 24 * 3600
