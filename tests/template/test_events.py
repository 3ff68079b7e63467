"""The sample events: one for each function, as that function really receives it."""

import json
import re
from dataclasses import asdict
from hashlib import md5
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import (
    APIGatewayProxyEvent,
    DynamoDBStreamEvent,
    EventBridgeEvent,
    SQSEvent,
)

from order.request import parse_key
from order.schemas import parse_order, parse_return, parse_transaction
from saga.local.samples import COMPLETED, CONFIRMED, DECLINED, PARKED, RETURNED, UNPAID
from sagakit.dynamodb import Item
from sagakit.event import from_row, to_row
from sagakit.queues.message import read
from sagakit.queues.route import COMPENSATION
from sagakit.reason import Reason, caught
from sagakit.saga import Saga
from sagas import TRANSACTION
from tests.support import template
from tests.support.lambdas import worker_states
from tests.support.template import ROOT, resources
from tests.template.graph import MACHINES, forward, tasks

EVENTS = ROOT / "events"
FUNCTIONS = resources("AWS::Serverless::Function")
ROUTES = {
    name: event["Properties"]
    for name, function in FUNCTIONS.items()
    for event in function["Properties"].get("Events", {}).values()
    if event["Type"] == "Api"
}
WORKERS = {
    name: event["Properties"]["Queue"]["Fn::GetAtt"][0]
    for name, function in FUNCTIONS.items()
    for event in function["Properties"].get("Events", {}).values()
    if event["Type"] == "SQS"
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
    assert set(sample(name)) == set(tasks()[name]["Arguments"]["Payload"])


@pytest.mark.parametrize("name", template.tasks("order"))
def test_forward_samples_have_a_confirmed_order_and_compensation_samples_a_declined_one(
    name: str,
) -> None:
    assert sample(name)["orderId"] == (CONFIRMED if name in forward() else DECLINED)


@pytest.mark.parametrize("name", template.tasks("return"))
def test_the_samples_of_returns_have_one_that_is_confirmed(name: str) -> None:
    assert sample(name)["orderId"] == RETURNED


def test_the_sample_of_the_decision_has_the_error_of_a_declined_payment() -> None:
    assert caught(sample("CancelOrder")["error"]) == Reason("PaymentDeclined", "card_declined")


@pytest.mark.parametrize("saga", MACHINES, ids=lambda saga: str(saga.name))
def test_the_sample_of_a_pause_has_a_step_and_the_error_of_an_outage(saga: Saga) -> None:
    pause = sample(saga.name_for("Pause{}"))
    assert pause["state"] in forward(saga)
    assert caught(pause["error"]) == Reason("TransientError", "the gateway answered 503")


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
    placing = sample("PlaceOrderFunction")
    order = parse_order(placing)
    assert (order.customer_id, order.payment_token) == ("customer-123", "pm_ok")
    assert parse_key(placing)


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if "{transaction_id}" in route["Path"]])
def test_a_request_for_a_transaction_names_one_of_the_samples(name: str) -> None:
    expected = UNPAID if name == "RevokeTransactionFunction" else COMPLETED
    assert request(name).path_parameters == {"transaction_id": expected}


def test_the_transaction_that_is_started_is_valid_and_has_a_key() -> None:
    starting = sample("PlaceTransactionFunction")
    (line,) = parse_transaction(starting).lines
    assert (line.product_id, line.quantity) == ("laptop", 1)
    assert parse_key(starting)


def test_the_return_that_is_requested_is_valid_and_has_a_key() -> None:
    requested = sample("RequestReturnFunction")
    assert parse_return(requested) == ({"laptop": 1}, "changed my mind")
    assert parse_key(requested)


@pytest.mark.parametrize(("name", "queue"), WORKERS.items())
def test_the_sample_of_a_worker_is_a_message_as_it_comes_from_its_queue(name: str, queue: str) -> None:
    (record,) = SQSEvent(sample(name)).records
    message = read(record.body)
    expected = COMPLETED if message.stop.queue != COMPENSATION else UNPAID
    assert (message.saga, message.saga_id, message.state in worker_states()[queue]) == (
        TRANSACTION.name,
        expected,
        True,
    )
    assert message.run == f"{expected}-{TRANSACTION.started}"
    assert json.loads(record.body) == asdict(message)
    assert record.queue_url.endswith(f"-{queue}.fifo")
    assert record.md5_of_body == md5(record.body.encode(), usedforsecurity=False).hexdigest()
    in_order = record.attributes.message_group_id, record.attributes.message_deduplication_id
    assert in_order == (message.saga_id, f"{message.run}-{message.state}")
    assert record.attributes.approximate_receive_count == "1"


@pytest.mark.parametrize(("name", "starts"), [("StartSagasFunction", True), ("PublishEventsFunction", False)])
def test_the_sample_of_a_consumer_is_a_row_that_the_outbox_writes(name: str, starts: bool) -> None:  # noqa: FBT001
    row = row_of(name)
    assert (row["orderId"], row["startsSaga"]) == (CONFIRMED, starts)
    assert row == to_row(from_row(row))


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
