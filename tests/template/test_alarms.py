"""The alarms. Each watches a metric that is published under exactly this name and these dimensions."""

from functools import cache, partial
from typing import Any

import pytest

from sagakit.observability import NAMESPACE, SERVICE
from sagakit.sweeping import PARTS
from sagas import TRANSACTION
from tests.support import steps
from tests.support.fixtures import closed_circuit, no_pauses, world
from tests.support.lambdas import Context, handler
from tests.support.metrics import Metric, everything_happens, named, published
from tests.support.template import queues, resources, template
from tests.template.source import modules
from tests.template.transformed import transformed

__all__ = ["closed_circuit", "no_pauses", "world"]

ALARMS: dict[str, dict[str, Any]] = {
    name: alarm["Properties"] for name, alarm in resources("AWS::CloudWatch::Alarm").items()
}
CUSTOM = [name for name, alarm in ALARMS.items() if alarm["Namespace"] == NAMESPACE]
FUNCTIONS = resources("AWS::Serverless::Function")
ASYNCHRONOUS = [
    name
    for name, function in FUNCTIONS.items()
    if {event["Type"] for event in function["Properties"].get("Events", {}).values()} & {"Schedule", "EventBridgeRule"}
]
QUEUES = resources("AWS::SQS::Queue")
WORK = set(queues().values())  # the others hold failures
TOPIC = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
SWEEP_PERIOD = 60  # seconds


@cache
def happened() -> set[Metric]:
    """Return every metric that the functions publish, once for all tests: the first one needs a world."""
    return published(everything_happens)


def dimensions(name: str) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in ALARMS[name]["Dimensions"]}


def test_the_functions_publish_under_the_name_of_the_stack() -> None:
    settings = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert settings["POWERTOOLS_SERVICE_NAME"] == {"Ref": "AWS::StackName"}


def watched(name: str) -> str:
    """Return the logical id of the function that an alarm watches."""
    match dimensions(name)["FunctionName"]:
        case {"Ref": str(function)}:
            return function
        case {"Fn::Sub": str(text)}:
            return f"{text.removeprefix('${AWS::StackName}-')}Function"
    raise ValueError(f"{name} watches no function of the stack")


def about(namespace: str) -> list[str]:
    return [name for name, alarm in ALARMS.items() if alarm["Namespace"] == namespace]


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_has_a_name_and_a_description_and_notifies_the_topic_when_it_goes_off_and_clears(name: str) -> None:
    alarm = ALARMS[name]
    assert alarm["AlarmName"] == {"Fn::Sub": f"${{AWS::StackName}}-{name.removesuffix('Alarm')}"}
    assert alarm["AlarmDescription"]
    assert alarm["TreatMissingData"] in {"missing", "ignore", "notBreaching"}
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["AlarmActions"] == alarm["OKActions"] == TOPIC


def test_without_a_topic_the_alarms_send_no_notifications() -> None:
    assert template()["Parameters"]["AlarmTopicArn"]["Default"] == ""
    assert template()["Conditions"]["HasAlarmTopic"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]}


@pytest.mark.usefixtures("world")
def test_this_module_publishes_every_metric_in_the_code() -> None:
    assert {metric.name for metric in happened()} == named(modules().values())


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", CUSTOM)
def test_the_functions_publish_every_custom_metric_with_the_dimensions_of_its_alarm(name: str) -> None:
    assert dimensions(name)["service"] == {"Ref": "AWS::StackName"}
    published_here = {**dimensions(name), "service": SERVICE}
    expected = NAMESPACE, ALARMS[name]["MetricName"], frozenset(published_here.items())
    assert expected in {(each.namespace, each.name, each.dimensions) for each in happened()}


def on_queue(queue: str) -> dict[str, Any]:
    """Return the only alarm that watches a queue."""
    own = QUEUES[queue]["Properties"].get("QueueName")
    names = [{"QueueName": {"Fn::GetAtt": [queue, "QueueName"]}}, {"QueueName": own}]
    (alarm,) = [ALARMS[name] for name in about("AWS/SQS") if dimensions(name) in names]
    return alarm


@pytest.mark.parametrize("queue", sorted(set(QUEUES) - WORK))
def test_any_message_in_a_queue_of_failures_raises_an_alarm(queue: str) -> None:
    alarm = on_queue(queue)
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 0)


@pytest.mark.parametrize("queue", sorted(WORK))
def test_a_message_that_waits_long_in_a_queue_of_work_raises_an_alarm(queue: str) -> None:
    alarm = on_queue(queue)
    visible_again = QUEUES[queue]["Properties"]["VisibilityTimeout"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("ApproximateAgeOfOldestMessage", "Maximum")
    assert 2 * visible_again < alarm["Threshold"] < TRANSACTION.deadline_seconds  # a lost worker delays it once


def test_every_queue_has_an_alarm_and_every_alarm_on_a_queue_watches_one_of_the_stack() -> None:
    assert sorted(map(id, map(on_queue, QUEUES))) == sorted(id(ALARMS[name]) for name in about("AWS/SQS"))


@pytest.mark.parametrize("name", ALARMS)
def test_a_new_stack_raises_no_alarm_before_its_first_data(name: str) -> None:
    assert ALARMS[name]["TreatMissingData"] != "breaching"


@pytest.mark.parametrize("name", ALARMS)
def test_only_an_alarm_on_what_is_reported_every_minute_notifies_of_silence(name: str) -> None:
    notified = ALARMS[name].get("InsufficientDataActions")
    assert notified == (TOPIC if ALARMS[name]["TreatMissingData"] == "missing" else None)


@pytest.mark.parametrize("name", about("AWS/Lambda"))
def test_an_alarm_on_a_function_watches_one_of_the_stack(name: str) -> None:
    assert watched(name) in FUNCTIONS


@pytest.mark.parametrize("metric", ["Throttles", "AsyncEventsDropped"])
def test_throttles_of_every_function_and_dropped_events_of_every_asynchronous_one_raise_an_alarm(metric: str) -> None:
    alarms = [name for name, alarm in ALARMS.items() if alarm["MetricName"] == metric]
    expected = {"Throttles": set(FUNCTIONS), "AsyncEventsDropped": set(ASYNCHRONOUS)}[metric]
    assert {watched(name) for name in alarms} == expected
    assert len(alarms) == len(expected)


def test_events_are_dropped_often_once_more_than_one_run_of_a_sweeper_failed() -> None:
    alarm = ALARMS["SweepOrdersEventsDroppedAlarm"]
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", PARTS)


@pytest.mark.parametrize("machine", resources("AWS::Serverless::StateMachine"))
def test_an_execution_that_timed_out_raises_an_alarm(machine: str) -> None:
    (alarm,) = [
        ALARMS[name] for name in about("AWS/States") if dimensions(name) == {"StateMachineArn": {"Ref": machine}}
    ]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Threshold"]) == ("ExecutionsTimedOut", "Sum", 0)


@pytest.mark.parametrize("name", about("AWS/ApiGateway"))
def test_an_alarm_on_the_api_identifies_it_by_title_and_stage(name: str) -> None:
    title = transformed()["OrderApi"]["Properties"]["Body"]["info"]["title"]
    stage = template()["Resources"]["OrderApi"]["Properties"]["StageName"]
    assert dimensions(name) == {"ApiName": title, "Stage": stage}


@pytest.mark.usefixtures("world")
def test_an_event_that_is_set_aside_raises_an_alarm_once_the_sweeper_has_tried_it_again() -> None:
    alarm = ALARMS["UndispatchedEventsAlarm"]
    (gauge,) = [each for each in happened() if each.name == alarm["MetricName"]]
    assert gauge.unit == "Milliseconds"
    assert alarm["Threshold"] > SWEEP_PERIOD * 1000


def test_an_order_is_late_once_several_sweeps_in_a_row_have_not_reached_it() -> None:
    alarm = ALARMS["SweepersBehindAlarm"]
    assert alarm["MetricName"] == "OldestOverdueAge"
    late = alarm["Threshold"] + (alarm["EvaluationPeriods"] - 1) * alarm["Period"] * 1000
    assert late >= 3 * SWEEP_PERIOD * 1000


def test_publishing_is_late_long_before_the_stream_gives_up() -> None:
    alarm = ALARMS["PublishingBehindAlarm"]
    consumer = template()["Resources"]["PublishEventsFunction"]["Properties"]["Events"]["Outbox"]["Properties"]
    assert dimensions("PublishingBehindAlarm") == {"FunctionName": {"Ref": "PublishEventsFunction"}}
    assert (alarm["MetricName"], alarm["Statistic"]) == ("IteratorAge", "Maximum")
    assert alarm["Threshold"] / 1000 < consumer["MaximumRecordAgeInSeconds"] / 100


def test_a_sweeper_that_does_not_run_raises_the_same_alarm_as_one_that_fails() -> None:
    alarm = ALARMS["SweeperDownAlarm"]
    assert dimensions("SweeperDownAlarm") == {"FunctionName": {"Ref": "SweepOrdersFunction"}}
    assert (alarm["MetricName"], alarm["TreatMissingData"]) == ("Errors", "missing")
    assert alarm["Period"] >= SWEEP_PERIOD


@pytest.mark.usefixtures("world")
def test_a_backlog_that_is_not_reported_raises_an_alarm_because_no_other_alarm_would_see_it() -> None:
    report = partial(handler("ReportBacklogFunction"), steps.sample("report_backlog"), Context())
    reported = {each.name for each in published(report)}
    watching = {name: alarm["TreatMissingData"] for name, alarm in ALARMS.items() if alarm["MetricName"] in reported}
    assert watching == {"UndispatchedEventsAlarm": "ignore", "SweepersBehindAlarm": "missing"}
