"""The rules and schedules: broken executions, the sweeper, parked orders."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from sagakit.recovery.app import MIN_REMAINING
from sagas import ORDER
from tests.support.template import ROOT, resources, template
from tests.template.graph import REFUSED

RECOVERY, SWEEPER = (
    resources("AWS::Serverless::Function")[name]["Properties"]
    for name in ("RecoverOrderFunction", "SweepOrdersFunction")
)
PATTERN = RECOVERY["Events"]["ExecutionBroke"]["Properties"]["Pattern"]


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = template()["Resources"][name]["Properties"]
    return found


def broken(**detail: str) -> dict[str, Any]:
    """Return the sample event of a broken execution, with another status or error."""
    event: dict[str, Any] = json.loads((ROOT / "events" / "recover_order.json").read_text())
    return {**event, "detail": {**event["detail"], **detail}}


def calls_recovery(event: dict[str, Any]) -> bool:
    """Return whether recovery's rule matches the event, with the saga's ARN filled in."""
    assert PATTERN["detail"]["stateMachineArn"] == [{"Ref": "OrderSaga"}]
    saga = {**PATTERN["detail"], "stateMachineArn": [broken()["detail"]["stateMachineArn"]]}
    matcher: Any = EventPattern(None, {**PATTERN, "detail": saga})
    return bool(matcher.matches_event(event))


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT", "FAILED"])
def test_recovery_is_called_for_every_way_an_execution_can_break(status: str) -> None:
    assert calls_recovery(broken(status=status, error="States.Runtime"))


@pytest.mark.parametrize("error", sorted(REFUSED))
def test_recovery_is_not_called_for_refusals_that_the_saga_has_undone(error: str) -> None:
    assert not calls_recovery(broken(status="FAILED", error=error))


def test_recovery_is_called_for_every_other_error() -> None:
    left_out = [error["anything-but"] for way in PATTERN["detail"]["$or"] for error in way.get("error", [])]
    assert [sorted(errors) for errors in left_out] == [sorted(REFUSED)]


def test_recovery_is_called_neither_for_successful_executions_nor_for_other_state_machines() -> None:
    assert not calls_recovery(broken(status="SUCCEEDED"))
    assert not calls_recovery(
        broken(status="ABORTED", stateMachineArn="arn:aws:states:us-east-1:123456789012:stateMachine:other")
    )


def test_the_sample_event_calls_recovery() -> None:
    assert calls_recovery(broken())


def test_a_sweep_ends_before_the_next_and_starts_no_order_that_it_cannot_finish() -> None:
    assert SWEEPER["Events"]["EveryMinute"]["Properties"]["Schedule"] == "rate(1 minute)"
    assert MIN_REMAINING / 1000 < SWEEPER["Timeout"] < 60


def test_the_sweeper_leaves_an_event_to_the_relay_for_as_long_as_the_relay_may_run() -> None:
    relay = properties("RelayOutboxFunction")
    assert int(SWEEPER["Environment"]["Variables"]["UNDISPATCHED_AFTER_SECONDS"]) >= relay["Timeout"]


def test_the_event_of_a_parked_order_goes_to_its_queue() -> None:
    rule = properties("ParkedOrdersRule")
    source = template()["Globals"]["Function"]["Environment"]["Variables"]["EVENT_SOURCE"]
    assert rule["EventBusName"] == {"Ref": "OrderEventBus"}
    assert rule["EventPattern"] == {"source": [source], "detail-type": [ORDER.name_for("{}Parked")]}
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
