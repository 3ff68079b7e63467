"""The sample events: one for each function, as that function really receives it."""

import json
import re
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, DynamoDBStreamEvent, EventBridgeEvent

from order.request import parse_key, parse_order
from saga.local.samples import CONFIRMED, DECLINED, PARKED
from sagakit.dynamodb import Item
from sagakit.event import from_row, to_row
from sagakit.reason import Reason, caught
from tests.support.template import ROOT, definition, resources, tasks
from tests.template.graph import forward

EVENTS = ROOT / "events"
FUNCTIONS = resources("AWS::Serverless::Function")
ROUTES = {
    name: event["Properties"]
    for name, function in FUNCTIONS.items()
    for event in function["Properties"].get("Events", {}).values()
    if event["Type"] == "Api"
}
SCHEDULED = [
    name
    for name, function in FUNCTIONS.items()
    if "Schedule" in {event["Type"] for event in function["Properties"].get("Events", {}).values()}
]


def stem(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Function")).lower()


def sample(name: str) -> Any:
    return json.loads((EVENTS / f"{stem(name)}.json").read_text())


def row_of(name: str) -> Item:
    """Return the row that a consumer of the stream gets as its sample."""
    (record,) = DynamoDBStreamEvent(sample(name)).records
    assert record.event_name is not None
    assert record.event_name.name == "INSERT"
    return dict(record.dynamodb.new_image or {}) if record.dynamodb else {}


def request(name: str) -> APIGatewayProxyEvent:
    return APIGatewayProxyEvent(sample(name))


def test_every_function_has_one_sample_event_and_none_is_left_over() -> None:
    assert sorted(file.name for file in EVENTS.iterdir()) == sorted(f"{stem(name)}.json" for name in FUNCTIONS)


@pytest.mark.parametrize("name", tasks())
def test_a_task_gets_the_payload_that_the_state_machine_sends(name: str) -> None:
    assert set(sample(name)) == set(definition()["States"][name]["Arguments"]["Payload"])


@pytest.mark.parametrize("name", tasks())
def test_forward_samples_have_a_confirmed_order_and_compensation_samples_a_declined_one(
    name: str,
) -> None:
    assert sample(name)["orderId"] == (CONFIRMED if name in forward() else DECLINED)


def test_the_sample_of_the_decision_has_the_error_of_a_declined_payment() -> None:
    assert caught(sample("CancelOrder")["error"]) == Reason("PaymentDeclined", "card_declined")


def test_the_sample_of_a_pause_has_a_step_and_the_error_of_an_outage() -> None:
    assert sample("PauseOrder")["state"] in forward()
    assert caught(sample("PauseOrder")["error"]) == Reason("TransientError", "the gateway answered 503")


@pytest.mark.parametrize("name", ROUTES)
def test_a_request_takes_the_route_of_its_function(name: str) -> None:
    route = ROUTES[name]
    assert (request(name).http_method.lower(), request(name).resource) == (route["Method"], route["Path"])
    assert request(name).path == route["Path"].format(**(request(name).path_parameters or {}))
    assert request(name).request_context.http_method == request(name).http_method


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if "{order_id}" in route["Path"]])
def test_a_request_for_an_order_names_an_order_of_the_samples(name: str) -> None:
    expected = DECLINED if name == "RequestCancellationFunction" else CONFIRMED
    assert request(name).path_parameters == {"order_id": expected}


def test_the_order_that_is_placed_is_valid_and_has_a_key() -> None:
    placing = request("PlaceOrderFunction")
    order = parse_order(placing)
    assert (order.customer_id, order.payment_token) == ("customer-123", "pm_ok")
    assert parse_key(placing)


@pytest.mark.parametrize(("name", "starts"), [("StartSagasFunction", True), ("PublishEventsFunction", False)])
def test_the_sample_of_a_consumer_is_a_row_that_the_outbox_writes(name: str, starts: bool) -> None:  # noqa: FBT001
    row = row_of(name)
    listed = {"undispatched": row["undispatched"]} if starts else {}
    assert (row["orderId"], row["startsSaga"]) == (CONFIRMED, starts)
    assert row == {**to_row(from_row(row)), **listed}


def test_the_sample_of_recovery_is_the_broken_execution_of_an_order() -> None:
    event = EventBridgeEvent(sample("RecoverOrderFunction"))
    assert json.loads(event.detail["input"]) == {"orderId": DECLINED}
    assert event.detail["name"].startswith(DECLINED)
    assert event.detail["executionArn"].endswith(event.detail["name"])


def test_the_sample_of_a_resume_has_the_parked_order_and_a_reason() -> None:
    assert sample("ResumeOrderFunction")["orderId"] == PARKED
    assert sample("ResumeOrderFunction")["reason"]


@pytest.mark.parametrize("name", SCHEDULED)
def test_the_sample_of_a_function_on_a_schedule_is_a_scheduled_event(name: str) -> None:
    event = EventBridgeEvent(sample(name))
    assert (event.source, event.detail_type, event.detail) == ("aws.events", "Scheduled Event", {})
    assert "part" not in sample(name)  # by hand, all parts are swept at once
