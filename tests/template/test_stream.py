"""The outbox's stream and its two consumers, which share nothing else: one starts sagas, the other publishes events."""

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from sagakit.event import Event, to_row
from sagakit.guard import SOON_SECONDS
from tests.support.stream import inserted
from tests.support.template import ROOT, resources, template
from tests.template.transformed import listed, roles, statements, targets

FUNCTIONS = resources("AWS::Serverless::Function")
CONSUMERS = {
    name: event["Properties"]
    for name, function in FUNCTIONS.items()
    for event in function["Properties"].get("Events", {}).values()
    if event["Type"] == "DynamoDB"
}
START, PUBLISH, SWEEP = "StartSagasFunction", "PublishEventsFunction", "SweepOutboxFunction"
SWEEP_ORDERS = "SweepOrdersFunction"
DUTIES = {START: "states:StartExecution", PUBLISH: "events:PutEvents"}  # the outbox's sweeper has both
KEPT_SECONDS, HOUR = 24 * 3600, 3600  # by a stream of DynamoDB
STARTED = Event("order-1", "OrderPlaced", 1, starts_saga=True, saga="order")
RECORDED = Event("order-1", "InventoryReserved", 2, saga="order")


def selects(name: str, record: dict[str, Any]) -> bool:
    """Return whether a consumer's filter lets a record of the stream through."""
    patterns = [json.loads(each["Pattern"]) for each in CONSUMERS[name]["FilterCriteria"]["Filters"]]
    matchers: list[Any] = [EventPattern(None, pattern) for pattern in patterns]
    return any(matcher.matches_event(record) for matcher in matchers)


def record(event: Event, name: str = "INSERT", **attributes: str) -> dict[str, Any]:
    """Return the stream's record of an event's row."""
    return {**inserted({**to_row(event), **attributes}), "eventName": name}


def sample(stem: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "events" / f"{stem}.json").read_text())["Records"][0]
    return found


def actions(name: str) -> set[str]:
    return {action for each in statements(roles()[name]) for action in listed(each["Action"])}


def test_only_the_outbox_has_a_stream() -> None:
    tables = {name: table["Properties"] for name, table in resources("AWS::DynamoDB::Table").items()}
    streaming = {name: each["StreamSpecification"] for name, each in tables.items() if "StreamSpecification" in each}
    assert streaming == {"EventsTable": {"StreamViewType": "NEW_IMAGE"}}


def test_it_has_two_consumers_the_most_that_a_shard_of_a_stream_allows() -> None:
    assert list(CONSUMERS) == [START, PUBLISH]


@pytest.mark.parametrize("name", CONSUMERS)
def test_a_consumer_reads_the_outbox_from_the_start_of_its_stream(name: str) -> None:
    assert CONSUMERS[name]["Stream"] == {"Fn::GetAtt": ["EventsTable", "StreamArn"]}
    assert CONSUMERS[name]["StartingPosition"] == "TRIM_HORIZON"


@pytest.mark.parametrize(
    "event",
    [
        STARTED,
        Event("order-1", "OrderResumed#2", 3, starts_saga=True, saga="order"),
        Event("order-1", "OrderCancelling", 3, starts_saga=True, saga="order"),
    ],
    ids=lambda event: str(event.type),
)
def test_an_event_that_starts_a_saga_reaches_both_consumers(event: Event) -> None:
    assert selects(START, record(event))
    assert selects(PUBLISH, record(event))


@pytest.mark.parametrize(
    "event", [RECORDED, Event("order-1", "OrderCancelling", 3, saga="order")], ids=lambda event: str(event.type)
)
def test_any_other_event_is_only_published(event: Event) -> None:
    assert not selects(START, record(event))
    assert selects(PUBLISH, record(event))


@pytest.mark.parametrize("name", CONSUMERS)
@pytest.mark.parametrize("change", ["MODIFY", "REMOVE"])
def test_a_change_of_a_row_such_as_its_mark_reaches_no_consumer(name: str, change: str) -> None:
    assert not selects(name, record(STARTED, change, undispatched="set aside"))


def test_a_row_that_is_no_event_is_published_so_that_somebody_sets_it_aside() -> None:
    row = {**inserted({"orderId": "order-1", "eventType": "OrderPlaced"}), "eventName": "INSERT"}
    assert not selects(START, row)
    assert selects(PUBLISH, row)


def test_the_sample_events_reach_their_functions() -> None:
    assert selects(START, sample("start_sagas"))
    assert selects(PUBLISH, sample("publish_events"))
    assert not selects(START, sample("publish_events"))


def test_a_saga_that_does_not_start_blocks_the_others_only_briefly_and_is_left_to_the_sweeper() -> None:
    mapping = CONSUMERS[START]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert 0 < mapping["MaximumRetryAttempts"] <= 10
    assert "DestinationConfig" not in mapping  # the index of open sagas has what is left
    assert FUNCTIONS[START]["Properties"]["Timeout"] <= SOON_SECONDS


def test_publishing_takes_large_batches_and_tries_in_ever_smaller_ones_until_an_hour_before_they_are_lost() -> None:
    mapping = CONSUMERS[PUBLISH]
    assert mapping["BatchSize"] == 100
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRecordAgeInSeconds"] == KEPT_SECONDS - HOUR
    assert "MaximumRetryAttempts" not in mapping  # by default, only the age limits them
    assert "FunctionResponseTypes" not in mapping  # it fails as a whole, because an event may be published twice


def test_what_could_not_be_published_goes_to_the_failure_queue() -> None:
    queue = {"Fn::GetAtt": ["RelayFailureQueue", "Arn"]}
    sending = [each for each in statements(roles()[PUBLISH]) if listed(each["Action"]) == ["sqs:SendMessage"]]
    assert CONSUMERS[PUBLISH]["DestinationConfig"] == {"OnFailure": {"Type": "SQS", "Destination": queue}}
    assert [targets(each) for each in sending] == [["RelayFailureQueue"]]


def test_the_consumers_share_no_duty() -> None:
    assert {name: set(DUTIES.values()) & actions(name) for name in CONSUMERS} == {
        name: {duty} for name, duty in DUTIES.items()
    }


def test_only_the_relay_publishes_events_and_only_the_relay_and_the_sweeper_of_sagas_start_them() -> None:
    may = {duty: {name for name in roles() if duty in actions(name)} for duty in DUTIES.values()}
    assert may == {DUTIES[START]: {START, SWEEP, SWEEP_ORDERS}, DUTIES[PUBLISH]: {PUBLISH, SWEEP}}


def test_publishing_knows_no_state_machine_and_starting_no_bus() -> None:
    own = {name: set(FUNCTIONS[name]["Properties"]["Environment"]["Variables"]) for name in CONSUMERS}
    assert own == {START: {"STATE_MACHINES"}, PUBLISH: {"EVENT_BUS_NAME"}}
    assert not own[START] & set(template()["Globals"]["Function"]["Environment"]["Variables"])


def test_the_sweepers_have_the_settings_of_the_consumers_whose_work_they_do() -> None:
    names = (START, PUBLISH, SWEEP, SWEEP_ORDERS)
    own = {name: FUNCTIONS[name]["Properties"]["Environment"]["Variables"] for name in names}
    assert own[SWEEP] == {**own[START], **own[PUBLISH]}
    assert own[SWEEP_ORDERS] == own[START]
