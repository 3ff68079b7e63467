"""Who is told of what: broken executions, the clock, parked orders."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from sagakit.recovery.app import LEAST_REMAINING
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
    """Give the sample of an execution that broke, with a status and an error of its own."""
    event: dict[str, Any] = json.loads((ROOT / "events" / "recover_order.json").read_text())
    return {**event, "detail": {**event["detail"], **detail}}


def heard(event: dict[str, Any]) -> bool:
    """Match the event against the rule of recovery, the saga's ARN filled in."""
    assert PATTERN["detail"]["stateMachineArn"] == [{"Ref": "OrderSaga"}]
    saga = {**PATTERN["detail"], "stateMachineArn": [broken()["detail"]["stateMachineArn"]]}
    matcher: Any = EventPattern(None, {**PATTERN, "detail": saga})
    return bool(matcher.matches_event(event))


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT", "FAILED"])
def test_recovery_hears_of_every_way_in_which_an_execution_breaks(status: str) -> None:
    assert heard(broken(status=status, error="States.Runtime"))


@pytest.mark.parametrize("error", sorted(REFUSED))
def test_recovery_does_not_hear_of_what_the_business_refused_and_the_saga_undid(error: str) -> None:
    assert not heard(broken(status="FAILED", error=error))


def test_recovery_hears_of_every_other_error() -> None:
    left_out = [error["anything-but"] for way in PATTERN["detail"]["$or"] for error in way.get("error", [])]
    assert [sorted(errors) for errors in left_out] == [sorted(REFUSED)]


def test_recovery_hears_neither_of_executions_that_go_well_nor_of_other_state_machines() -> None:
    assert not heard(broken(status="SUCCEEDED"))
    assert not heard(
        broken(status="ABORTED", stateMachineArn="arn:aws:states:us-east-1:123456789012:stateMachine:other")
    )


def test_the_sample_event_is_one_that_recovery_hears_of() -> None:
    assert heard(broken())


def test_a_sweep_ends_before_the_next_one_and_never_begins_with_an_order_that_it_cannot_finish() -> None:
    assert SWEEPER["Events"]["EveryMinute"]["Properties"]["Schedule"] == "rate(1 minute)"
    assert LEAST_REMAINING / 1000 < SWEEPER["Timeout"] < 60


def test_an_event_is_left_to_the_relay_for_as_long_as_the_relay_may_run() -> None:
    relay = properties("RelayOutboxFunction")
    assert int(SWEEPER["Environment"]["Variables"]["UNDISPATCHED_AFTER_SECONDS"]) >= relay["Timeout"]


def test_the_event_of_a_parked_order_goes_to_the_queue_of_parked_orders() -> None:
    rule = properties("ParkedOrdersRule")
    source = template()["Globals"]["Function"]["Environment"]["Variables"]["EVENT_SOURCE"]
    assert rule["EventBusName"] == {"Ref": "OrderEventBus"}
    assert rule["EventPattern"] == {"source": [source], "detail-type": [ORDER.called("{}Parked")]}
    assert [target["Arn"] for target in rule["Targets"]] == [{"Fn::GetAtt": ["ParkedOrdersQueue", "Arn"]}]


def test_only_that_rule_may_send_to_the_queue_of_parked_orders() -> None:
    policy = properties("ParkedOrdersQueuePolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert policy["Queues"] == [{"Ref": "ParkedOrdersQueue"}]
    assert (statement["Action"], statement["Principal"]) == ("sqs:SendMessage", {"Service": "events.amazonaws.com"})
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["ParkedOrdersRule", "Arn"]}}}


@pytest.mark.parametrize("name", resources("AWS::SQS::Queue"))
def test_a_queue_is_encrypted_and_keeps_its_messages_for_as_long_as_it_can(name: str) -> None:
    assert properties(name)["SqsManagedSseEnabled"] is True
    assert properties(name)["MessageRetentionPeriod"] == 14 * 24 * 3600
