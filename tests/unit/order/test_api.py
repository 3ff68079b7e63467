"""The API as clients see it."""

import base64
import io
import json
from typing import Any
from urllib.parse import urljoin

import pytest
from botocore.client import BaseClient

import sagas
from order.money import MAX_AMOUNT
from payment.test_tokens import TEST_TOKENS, Behaviour
from sagakit import clock, dynamodb, guard, resuming
from sagakit.step import Outcome
from tests.support import http, meanwhile, steps, world
from tests.support.bus import Bus
from tests.support.http import ORDER
from tests.support.stream import records, relay

pytestmark = pytest.mark.usefixtures("world")

KEY = "a-key"
LINE = ORDER["items"][0]
PROBLEM = "application/problem+json"


def line(**changes: Any) -> dict[str, Any]:
    """Return an order whose only line has these changes."""
    return {**ORDER, "items": [{**LINE, **changes}]}


def lines(*changed: dict[str, Any]) -> dict[str, Any]:
    return {**ORDER, "items": [{**LINE, **changes} for changes in changed]}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ORDER.items() if key != name}


# --- Accepting an order --------------------------------------------------------------------------------------------


def test_the_sample_event_is_accepted() -> None:
    sample = steps.sample("place_order")
    answer = http.post(sample["body"], headers=sample["headers"])
    assert (answer.status, answer.body["totalAmount"]) == (202, 1299.99)


def test_an_order_is_accepted_and_can_be_read() -> None:
    answer = http.post(key=KEY)
    order_id = answer.body["orderId"]
    assert answer.status == 202
    assert answer.body == {
        "orderId": order_id,
        "status": "PENDING",
        "totalAmount": 699.98,
        "message": "Order created successfully",
    }
    assert http.get(f"/orders/{order_id}").body["status"] == "PENDING"


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("https://abc.execute-api.eu-west-1.amazonaws.com/dev", "/orders"),
        ("http://localhost:4566/_aws/execute-api/abc/dev", "/orders"),
        ("https://api.example.com/shop", "/orders"),
        ("https://api.example.com", "/orders/"),
    ],
    ids=["stage", "engine", "base path", "slash"],
)
def test_the_location_leads_to_the_order_from_wherever_the_api_is(base: str, path: str) -> None:
    answer = http.post(path=path)
    assert urljoin(f"{base}{path}", answer.headers["Location"]) == f"{base}/orders/{answer.body['orderId']}"


def test_without_a_payment_token_a_test_token_is_used() -> None:
    answer = http.post(without("paymentToken"))
    assert guard.read(answer.body["orderId"])["paymentToken"] == "pm_ok"


@pytest.mark.parametrize(
    "largest",
    [
        lines(*[{"quantity": 1}] * 25),
        line(quantity=1000),
        {**ORDER, "customerId": "c" * 255},
        {**ORDER, "paymentToken": "t" * 255},
        line(price=349.990),
    ],
    ids=["25 lines", "1000 pieces", "long customer", "long token", "a zero too many"],
)
def test_the_largest_values_are_accepted(largest: dict[str, Any]) -> None:
    assert http.post(largest).status == 202


# --- The same key --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("remembered", [True, False], ids=["remembered", "forgotten"])
def test_a_replay_returns_the_first_response_and_says_so(*, remembered: bool) -> None:
    first = http.post(key=KEY)
    if not remembered:
        world.forget_requests()
    again = http.post(key=KEY)
    assert (again.status, again.body) == (first.status, first.body)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers == {**first.headers, "Idempotency-Replayed": "true"}
    assert len(world.rows("SAGAS")) == 1


def test_a_replay_returns_the_first_response_whatever_has_happened_to_the_order() -> None:
    first = http.post(key=KEY)
    steps.cancel(first.body["orderId"])
    world.forget_requests()
    assert http.post(key=KEY).body == first.body


def test_the_same_order_in_another_notation_is_a_replay() -> None:
    first = http.post(key=KEY)
    other_words = lines({"quantity": 1}, {"quantity": 1}) | {"paymentToken": "pm_ok"}
    assert http.post(dict(reversed(other_words.items())), KEY).body == first.body


@pytest.mark.parametrize("remembered", [True, False], ids=["remembered", "forgotten"])
def test_the_same_lines_in_another_order_are_a_replay(*, remembered: bool) -> None:
    two = lines({}, {"productId": "laptop", "price": 1299.99})
    first = http.post(two, KEY)
    if not remembered:
        world.forget_requests()
    again = http.post({**two, "items": two["items"][::-1]}, KEY)
    assert (again.status, again.body) == (202, first.body)
    stored = guard.read(first.body["orderId"])["items"]
    assert [line["productId"] for line in stored] == ["monitor", "laptop"]  # as in the first request


@pytest.mark.parametrize("remembered", [True, False], ids=["remembered", "forgotten"])
def test_the_same_key_for_another_order_is_refused(*, remembered: bool) -> None:
    http.post(key=KEY)
    if not remembered:
        world.forget_requests()
    answer = http.post(line(quantity=3), KEY)
    assert (answer.status, answer.headers["Content-Type"]) == (422, PROBLEM)
    assert answer.body["title"] == "The idempotency key was used for another order"
    assert len(world.rows("SAGAS")) == 1


def test_a_key_whose_order_was_erased_gets_an_answer_that_helps() -> None:
    order_id = http.post(key=KEY).body["orderId"]
    world.remove("SAGAS", orderId=order_id)
    world.forget_requests()
    answer = http.post(key=KEY)
    assert (answer.status, answer.headers["Content-Type"]) == (410, PROBLEM)
    assert answer.body["detail"] == "Use a new key for a new order."
    assert http.post(key="another").status == 202


@pytest.mark.parametrize("header", ["x-idempotency-key", "X-Idempotency-Key", "Idempotency-Key", "idempotency-key"])
def test_the_key_may_have_either_name_in_any_case(header: str) -> None:
    first = http.post(key=KEY)
    assert http.post(headers={header: KEY}).body == first.body


def test_a_header_without_a_value_counts_as_none() -> None:
    assert http.post(multiValueHeaders=None).status == 202
    assert http.post(multiValueHeaders={"x-idempotency-key": [None], "content-type": [None]}).status == 202


@pytest.mark.parametrize(
    "headers",
    [
        {"x-idempotency-key": [KEY, KEY]},
        {"x-idempotency-key": [KEY, "another"]},
        {"X-Idempotency-Key": KEY, "x-idempotency-key": KEY},
        {"x-idempotency-key": KEY, "Idempotency-Key": KEY},
        {"x-idempotency-key": KEY, "Idempotency-Key": "another"},
    ],
    ids=["twice", "different", "two cases", "two names", "two names, different"],
)
def test_a_request_has_at_most_one_key(headers: dict[str, str | list[str]]) -> None:
    answer = http.post(headers=headers)
    assert (answer.status, answer.body["title"]) == (400, "Two idempotency keys")
    assert world.rows("SAGAS") == []


@pytest.mark.parametrize(
    "key",
    ["", "k" * 256, "line\nbreak", "nul\0", "a-key, a-key", "a-key,another"],
    ids=["empty", "long", "break", "nul", "joined", "joined, different"],
)
def test_an_invalid_key_is_refused(key: str) -> None:
    answer = http.post(key=key)
    assert (answer.status, answer.body["title"]) == (400, "The idempotency key is not valid")
    assert world.rows("SAGAS") == []


def test_the_longest_key_is_accepted() -> None:
    assert http.post(key="k" * 255).status == 202


def test_a_duplicate_of_a_running_request_is_asked_to_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[http.Answer] = []
    meanwhile.before(monkeypatch, "transact_write_items", lambda: answers.append(http.post(key=KEY)))
    assert http.post(key=KEY).status == 202
    assert [(answer.status, answer.headers["Retry-After"]) for answer in answers] == [(409, "1")]


# --- Refusing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({**ORDER, "items": []}, {"items"}),
        (lines(*[{}] * 26), {"items"}),
        (line(quantity=0), {"items.0.quantity"}),
        (line(quantity=1001), {"items.0.quantity"}),
        (line(quantity="2"), {"items.0.quantity"}),
        (line(quantity=1.5), {"items.0.quantity"}),
        (line(quantity=True), {"items.0.quantity"}),
        (line(price=-0.01), {"items.0.price"}),
        (line(price=349.999), {"items.0.price"}),
        (line(price=1e300), {"items.0.price"}),
        (line(price=True), {"items.0.price"}),
        (line(price="349.99"), {"items.0.price"}),
        (line(price=None), {"items.0.price"}),
        (line(price=10**11), {"items.0.price"}),
        (line(productId=""), {"items.0.productId"}),
        (line(productId="p" * 256), {"items.0.productId"}),
        (line(productId=7), {"items.0.productId"}),
        (lines({}, {"quantity": 0}), {"items.1.quantity"}),
        ({**ORDER, "customerId": ""}, {"customerId"}),
        ({**ORDER, "customerId": "c" * 256}, {"customerId"}),
        ({**ORDER, "customerId": None}, {"customerId"}),
        ({**ORDER, "paymentToken": ""}, {"paymentToken"}),
        ({**ORDER, "paymentToken": "t" * 256}, {"paymentToken"}),
        ({**ORDER, "status": "CONFIRMED"}, {"status"}),
        (line(discount=100), {"items.0.discount"}),
        (without("customerId"), {"customerId"}),
        (without("items"), {"items"}),
        (without("paymentToken") | {"payment_token": "pm_declined"}, {"payment_token"}),
        ({}, {"customerId", "items"}),
    ],
)
def test_an_invalid_order_is_refused_and_each_error_names_its_field(body: object, fields: set[str]) -> None:
    answer = http.post(body, KEY)
    assert (answer.status, answer.headers["Content-Type"], answer.fields) == (422, PROBLEM, fields)
    assert answer.body["status"] == 422
    assert (world.rows("SAGAS"), world.rows("IDEMPOTENCY")) == ([], [])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[" * 60_000,
        '{"a":' * 10_000,
        "not json",
        '{"customerId": }',
        "\x00",
        '{"customerId": "\\ud800"}',
        '{"customerId": "\ud800"}',
        json.dumps(line(price=float("nan"))),
        json.dumps(line(price=float("-inf"))),
        json.dumps(ORDER).replace("699.98", "1e99999999999999999999").replace("349.99", "1e99999999999999999999"),
        "9" * 5_000,
    ],
)
def test_a_body_that_is_not_json_is_refused(body: str) -> None:
    answer = http.post(body)
    assert (answer.status, answer.body["title"]) == (400, "The body is not JSON")


@pytest.mark.parametrize(
    "doubled",
    ['{"customerId": "someone", %s', '{"customerId": "customer-1", %s', '{"\\u0063ustomerId": "someone", %s'],
    ids=["different", "equal", "escaped"],
)
def test_an_object_with_the_same_name_twice_is_refused(doubled: str) -> None:
    answer = http.post(doubled % json.dumps(ORDER)[1:])
    assert (answer.status, answer.body["title"]) == (400, "The body is not JSON")


def test_a_line_with_the_same_name_twice_is_refused() -> None:
    assert http.post(json.dumps(ORDER).replace('"quantity": 2', '"quantity": 2, "quantity": 1')).status == 400


@pytest.mark.parametrize("price", ["349.990000000000000001", "349.98999999999999999"])
def test_a_price_is_read_exactly(price: str) -> None:
    answer = http.post(json.dumps(ORDER).replace("349.99", price))
    assert (answer.status, answer.fields) == (422, {"items.0.price"})


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/vnd.shop.v1+json", None],
)
def test_json_may_have_any_of_its_content_types_or_none(content_type: str | None) -> None:
    assert http.post(headers={"Content-Type": content_type} if content_type else {}).status == 202


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/jsonp",
        "application/json-seq",
        "text/html+json/x",
        "application/json, application/json",
        "",
        ["application/json", "text/plain"],
    ],
)
def test_another_content_type_is_refused(content_type: str | list[str]) -> None:
    answer = http.post(headers={"Content-Type": content_type})
    assert (answer.status, answer.headers["Content-Type"]) == (415, PROBLEM)
    assert world.rows("SAGAS") == []


def test_a_body_in_base64_is_read() -> None:
    body = json.dumps({**ORDER, "customerId": "Zoë"}, ensure_ascii=False).encode()
    answer = http.post(base64.b64encode(body).decode(), isBase64Encoded=True)
    assert answer.status == 202
    assert guard.read(answer.body["orderId"])["customerId"] == "Zoë"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("not base64!", 400),
        ("é", 400),
        ("e30", 400),
        (base64.b64encode(b'{"customerId": "\xff"}').decode(), 400),
        (base64.b64encode(json.dumps(ORDER).encode("utf-16")).decode(), 400),
        (base64.b64encode(b"x" * (64 * 1024 + 1)).decode(), 413),
    ],
    ids=["no base64", "no ascii", "no padding", "no utf-8", "utf-16", "too large"],
)
def test_a_body_in_base64_is_checked_like_any_other(body: str, status: int) -> None:
    assert http.post(body, isBase64Encoded=True).status == status


@pytest.mark.parametrize("body", ["[]", "null", '"order"', "42", "true"])
def test_json_that_is_not_an_object_is_refused(body: str) -> None:
    assert http.post(body).status == 422


def test_a_body_that_is_too_large_is_refused_unread() -> None:
    answer = http.post("x" * (64 * 1024 + 1))
    assert (answer.status, answer.headers["Content-Type"]) == (413, PROBLEM)


def test_a_body_is_measured_in_bytes() -> None:
    assert http.post("é" * (32 * 1024)).status == 400
    assert http.post("é" * (32 * 1024 + 1)).status == 413


def test_a_price_that_differs_from_the_catalogue_is_refused_and_nothing_is_stored() -> None:
    answer = http.post(line(price=1.00), KEY)
    assert (answer.status, answer.fields) == (422, {"items.0"})
    assert answer.body["errors"][0]["message"] == "monitor costs 349.99, not 1.0"
    assert (world.rows("SAGAS"), world.rows("EVENTS"), world.rows("IDEMPOTENCY")) == ([], [], [])


@pytest.mark.parametrize(
    ("second", "message"),
    [({"price": 1.00}, "another price"), ({"quantity": 999}, "more than 1000 pieces")],
    ids=["two prices", "too many in all"],
)
def test_lines_of_one_product_are_merged_and_validated_as_one(second: dict[str, Any], message: str) -> None:
    answer = http.post(lines({}, second))
    assert (answer.status, answer.fields) == (422, {"items.1"})
    assert message in answer.body["errors"][0]["message"]


def priced(price: int, total: int) -> dict[str, Any]:
    """Put a product of this price on sale, and return an order for it with this total."""
    world.put("INVENTORY", {**world.product(), "productId": "gold", "price": price})
    world.put("INVENTORY", {**world.product(), "productId": "dust", "price": total - 1000 * price})
    bars, rest = ({"productId": name, "quantity": 1} for name in ("gold", "dust"))
    amounts = {"gold": price, "dust": total - 1000 * price}
    return lines({**bars, "quantity": 1000, "price": amounts["gold"] / 100}, {**rest, "price": amounts["dust"] / 100})


def test_the_largest_total_is_accepted_with_all_its_cents() -> None:
    answer = http.post(priced(999_999_999_999, MAX_AMOUNT))
    assert (answer.status, '"totalAmount": 9999999999999.99' in answer.text) == (202, True)
    assert http.get(f"/orders/{answer.body['orderId']}").body["totalAmount"] == 9999999999999.99


def test_a_total_that_would_lose_its_cents_in_json_is_refused() -> None:
    answer = http.post(priced(999_999_999_999, MAX_AMOUNT + 1))
    assert (answer.status, answer.fields) == (422, {"items"})
    assert answer.body["errors"][0]["message"] == "the total is more than 9999999999999.99"
    assert world.rows("SAGAS") == []


# --- Reading -------------------------------------------------------------------------------------------------------


def test_an_order_is_returned_in_its_current_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1_767_225_600_000)
    order_id = world.placed()
    assert http.get(f"/orders/{order_id}").body == {
        "orderId": order_id,
        "status": "PENDING",
        "customerId": "customer-1",
        "items": [{"productId": "monitor", "quantity": 2, "price": 349.99}],
        "totalAmount": 699.98,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:00.000Z",
    }


def test_a_cancelled_order_is_returned_with_its_reason() -> None:
    body = http.get(f"/orders/{steps.failed()}").body
    reason = {"reason": "PaymentDeclined", "message": "The payment was declined."}
    assert (body["status"], body["reason"]) == ("FAILED", reason)


@pytest.mark.parametrize(("bring", "status"), [(world.placed, "PENDING"), (steps.cancelling, "CANCELLING")])
def test_a_paused_order_is_returned_with_what_it_waits_for_but_not_with_the_cause(
    monkeypatch: pytest.MonkeyPatch, bring: steps.Bring, status: str
) -> None:
    monkeypatch.setattr(clock, "now", lambda: 1_767_225_600_000)
    order_id = steps.paused(bring, "RefundPayment")
    waiting = {
        "state": "RefundPayment",
        "attempts": 1,
        "since": "2026-01-01T00:00:00.000Z",
    }
    body = http.get(f"/orders/{order_id}").body
    assert (body["status"], body["paused"]) == (status, {**waiting, "nextAttemptAt": "2026-01-01T00:00:10.000Z"})
    resuming.resume(order_id, "the gateway is available again")
    assert http.get(f"/orders/{order_id}").body["paused"] == waiting  # it is being tried now


@pytest.mark.parametrize("bring", [world.placed, steps.confirmed, steps.failed, steps.parked])
def test_an_order_that_is_not_paused_is_returned_without_a_pause(bring: steps.Bring) -> None:
    assert "paused" not in http.get(f"/orders/{bring()}").body


def test_a_parked_order_is_returned_with_its_missing_compensations() -> None:
    order_id = steps.parked()
    parked = http.get(f"/orders/{order_id}").body["parked"]
    assert (parked["notUndone"], parked["at"][-1]) == (list(sagas.ORDER.undone_by), "Z")
    event = http.get(f"/orders/{order_id}/events").body["events"][-1]
    assert (event["type"], "at" in event["detail"]) == ("OrderParked#1", False)  # and no raw milliseconds


def test_the_event_of_a_resumed_order_tells_what_waited_and_since_when() -> None:
    order_id = steps.paused(steps.paid, "ConfirmOrder")
    resuming.resume(order_id, "it works again")
    event = http.get(f"/orders/{order_id}/events").body["events"][-1]
    assert (event["type"], event["detail"]["state"], event["detail"]["attempts"]) == (
        "OrderResumed#1",
        "ConfirmOrder",
        1,
    )
    assert event["detail"]["since"].endswith("Z")


def test_the_events_of_an_order_are_returned_in_order() -> None:
    answer = http.get(f"/orders/{steps.failed()}/events")
    assert [event["type"] for event in answer.body["events"]] == [
        "OrderPlaced",
        *(event for step in sagas.ORDER.forward for event, kind in step.events.items() if kind is not Outcome.REFUSED),
        "OrderCancelling",
        *sagas.ORDER.undone_by,
        "OrderFailed",
    ]
    times = [event["at"] for event in answer.body["events"]]
    assert times == sorted(set(times))
    assert [event["detail"].get("amount") for event in answer.body["events"][2:4]] == [699.98, 699.98]


@pytest.mark.parametrize("path", ["/orders/unknown", "/orders/unknown/events"])
def test_an_unknown_order_is_not_found(path: str) -> None:
    answer = http.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (404, PROBLEM)


NO_IDS = [
    "a" * 2049,
    "order-id-secret",
    "0E84B6D8-9A3B-4C5E-8F60-7A1B2C3D4E5F",
    "0e84b6d89a3b4c5e8f607a1b2c3d4e5f",
    "{0e84b6d8-9a3b-4c5e-8f60-7a1b2c3d4e5f}",
    "urn:uuid:0e84b6d8-9a3b-4c5e-8f60-7a1b2c3d4e5f",
    "0e84b6d8-9a3b-4c5e-8f60-7a1b2c3d4e5f%20",
    "%00",
    "\u0660e84b6d8-9a3b-4c5e-8f60-7a1b2c3d4e5f",
]


@pytest.mark.parametrize("order_id", NO_IDS, ids=lambda each: ascii(each[:40]))
def test_what_is_no_id_is_not_found_and_not_looked_up(monkeypatch: pytest.MonkeyPatch, order_id: str) -> None:
    monkeypatch.setattr(BaseClient, "_make_api_call", lambda *_: pytest.fail("a table was asked"))
    answers = [http.get(f"/orders/{order_id}"), http.get(f"/orders/{order_id}/events"), http.cancel(order_id, "{}")]
    assert [(answer.status, answer.headers["Content-Type"]) for answer in answers] == [(404, PROBLEM)] * 3


# --- Errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "error", "status"),
    [
        ("transact_write_items", RuntimeError("an internal secret"), 500),
        ("batch_get_item", RuntimeError("an internal secret"), 500),
        ("transact_write_items", dynamodb.client.exceptions.InternalServerError, 503),
        ("transact_write_items", dynamodb.client.exceptions.ResourceNotFoundException, 500),
        ("get_item", dynamodb.client.exceptions.RequestLimitExceeded, 503),
    ],
)
def test_an_internal_error_reveals_nothing(
    monkeypatch: pytest.MonkeyPatch, log: io.StringIO, operation: str, error: Any, status: int
) -> None:
    def failing(**_: object) -> None:
        raise error if isinstance(error, Exception) else error(_response(error.__name__), operation)

    monkeypatch.setattr(dynamodb.client, operation, failing)
    answer = http.post(key=KEY)
    assert (answer.status, answer.headers["Content-Type"]) == (status, PROBLEM)
    assert "secret" not in answer.text
    assert "test-" not in answer.text
    assert "request failed" in log.getvalue()
    assert ("Retry-After" in answer.headers) == (status == 503)


def _response(code: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": "an internal secret"}, "ResponseMetadata": {}}


def test_a_5xx_response_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(dynamodb.client, "batch_get_item", lambda **_: {})
        assert http.post(key=KEY).status == 500
    assert http.post(key=KEY).status == 202


# --- Secrets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("behaviour", [Behaviour(), Behaviour(decline_code="card_declined")], ids=["paid", "declined"])
def test_the_payment_token_never_leaves_the_order(
    monkeypatch: pytest.MonkeyPatch, log: io.StringIO, capsys: pytest.CaptureFixture[str], behaviour: Behaviour
) -> None:
    token, bus = "pm_secret", Bus()
    monkeypatch.setitem(TEST_TOKENS, token, behaviour)
    monkeypatch.setattr("sagakit.relay.publishing.bus", bus)
    monkeypatch.setattr("sagakit.relay.starting.sfn.start_execution", lambda **execution: print(execution))
    body = {**ORDER, "paymentToken": token}
    placed = http.post(body, KEY)
    order_id = placed.body["orderId"]
    steps.reserve(order_id)
    results = [steps.ten_times(step, order_id) for step in (steps.process, steps.cancel, steps.refund, steps.release)]
    steps.ten_times(steps.fail, order_id)
    assert not relay(*records())
    responses = [placed, http.post(body, KEY), http.post({**body, "items": []}, KEY), http.post(line(quantity=9), KEY)]
    responses += [http.get(f"/orders/{order_id}"), http.get(f"/orders/{order_id}/events"), http.cancel(order_id)]
    seen = [*(each.text for each in responses), str(results), str(bus.taken), log.getvalue(), capsys.readouterr().out]
    assert len(bus.taken) == len(world.rows("EVENTS"))
    assert len(log.getvalue().splitlines()) > 40
    assert not [where for where in [*seen, str(world.rows("EVENTS"))] if token in where]


def test_an_unknown_product_is_refused_by_its_line_in_the_request() -> None:
    answer = http.post(lines({}, {}, {"productId": "unicorn"}))
    assert (answer.status, answer.fields) == (422, {"items.2"})
    assert "unicorn" not in answer.text


# --- Cancelling ----------------------------------------------------------------------------------------------------


def test_a_reason_for_cancelling_is_recorded_in_the_event_and_the_order() -> None:
    order_id = world.placed()
    longest = "r" * 255
    assert http.cancel(order_id, json.dumps({"reason": longest})).status == 202
    reason = {"reason": "CustomerCancelled", "cause": "", "text": longest}
    assert (world.detail(order_id, "OrderCancelling"), guard.read(order_id)["reason"]) == (reason, reason)


@pytest.mark.parametrize("body", [None, "", "{}"])
def test_a_cancellation_needs_no_reason(body: str | None) -> None:
    order_id = world.placed()
    assert http.cancel(order_id, body).status == 202
    assert world.detail(order_id, "OrderCancelling") == {"reason": "CustomerCancelled", "cause": ""}


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain"])
def test_a_cancellation_with_another_content_type_is_refused_unless_it_is_empty(content_type: str) -> None:
    order_id = world.placed()
    headers = {"Content-Type": content_type}
    assert http.cancel(order_id, '{"reason": "too slow"}', headers).status == 415
    assert world.status(order_id) == "PENDING"
    assert http.cancel(order_id, "", headers).status == 202


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        ("not json", 400, set()),
        (" ", 400, set()),
        ('{"reason": "' + "r" * 65536 + '"}', 413, set()),
        ("[]", 422, {""}),
        ("null", 422, {""}),
        ('"a reason"', 422, {""}),
        ('{"reason": ""}', 422, {"reason"}),
        ('{"reason": 7}', 422, {"reason"}),
        ('{"reason": null}', 422, {"reason"}),
        ('{"reason": "' + "r" * 256 + '"}', 422, {"reason"}),
        ('{"reason": "ok", "status": "FAILED"}', 422, {"status"}),
    ],
)
def test_an_invalid_cancellation_is_refused_and_cancels_nothing(body: str, status: int, fields: set[str]) -> None:
    order_id = world.placed()
    answer = http.cancel(order_id, body)
    assert (answer.status, answer.headers["Content-Type"], answer.fields) == (status, PROBLEM, fields)
    assert world.status(order_id) == "PENDING"
