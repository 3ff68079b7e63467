"""What the POST routes do, and what they answer."""

from typing import Any

import httpx
import pytest

from saga.console.security import TOKEN_HEADER
from saga.failure import Failure, NoSuchOrder, Unreachable, UsageFailure
from tests.console.fake_source import FakeSource
from tests.console.serving import Served

ORDER = {"customer": "customer-1", "product": "monitor", "quantity": "2", "payment": "pm_declined", "key": "my-key"}


@pytest.fixture
def client(console: Served, source: FakeSource) -> Any:  # noqa: ARG001 - what it serves
    headers = {TOKEN_HEADER: console.token.value}
    with httpx.Client(base_url=console.url, headers=headers, trust_env=False, timeout=60) as client:
        yield client


def test_an_order_is_placed_at_the_catalogues_price_with_the_key(client: httpx.Client, source: FakeSource) -> None:
    answer = client.post("/orders", data=ORDER)
    assert answer.json()["location"] == f"/orders/{source.records[0].order_id}"
    items = [{"productId": "monitor", "quantity": 2, "price": 349.99}]
    body = {"customerId": "customer-1", "items": items, "paymentToken": "pm_declined"}
    assert source.done == [("place", body, "my-key")]


@pytest.mark.parametrize("missing", [*ORDER])
def test_an_order_needs_all_fields(client: httpx.Client, source: FakeSource, missing: str) -> None:
    answer = client.post("/orders", data={**ORDER, missing: ""})
    assert (answer.status_code, source.done) == (422, [])


def test_what_the_catalogue_does_not_have_is_not_ordered(client: httpx.Client, source: FakeSource) -> None:
    answer = client.post("/orders", data={**ORDER, "product": "yacht"})
    assert (answer.status_code, answer.json()["detail"], source.done) == (422, "the catalogue has no yacht", [])


@pytest.mark.parametrize("what", ["cancel", "resume"])
def test_an_operator_says_why(client: httpx.Client, source: FakeSource, what: str) -> None:
    assert client.post(f"/orders/some-order/{what}", data={"reason": ""}).status_code == 422
    assert client.post(f"/orders/some-order/{what}", data={"reason": "because"}).status_code == 200
    assert source.done == [(what, "some-order", "because")]


def test_the_gateway_is_made_well(client: httpx.Client, source: FakeSource) -> None:
    assert client.post("/orders/some-order/make-well").status_code == 200
    assert source.done == [("make_well", "some-order")]


def test_an_event_is_dispatched_whatever_its_name(client: httpx.Client, source: FakeSource) -> None:
    assert client.post("/outbox/some-order/OrderParked%232").status_code == 200
    assert source.done == [("dispatch", "some-order", "OrderParked#2")]


@pytest.mark.parametrize(
    ("failure", "status"),
    [(Failure("no"), 409), (NoSuchOrder("no"), 404), (UsageFailure("no"), 422), (Unreachable("no"), 503)],
)
def test_what_is_refused_is_told(client: httpx.Client, source: FakeSource, failure: Failure, status: int) -> None:
    source.refusal = failure
    answer = client.post("/breaker/reset")
    assert (answer.status_code, answer.json()) == (status, {"detail": "no"})
