"""What the POST routes do, and what they answer."""

import httpx
import pytest

from saga.console.security import CSRF_HEADER
from saga.failures import Failure, NoSuchOrder, Unreachable, UsageFailure
from tests.console.fake_source import FakeSource
from tests.console.serving import Served

ORDER = {"customer": "customer-1", "product": "monitor", "quantity": "2", "payment": "pm_declined", "key": "my-key"}


@pytest.fixture(autouse=True)
def token(client: httpx.Client, console: Served) -> None:
    client.headers[CSRF_HEADER] = console.token.value


def test_an_order_is_placed_at_the_catalogue_price_with_the_key(client: httpx.Client, source: FakeSource) -> None:
    answer = client.post("/orders", data=ORDER)
    assert answer.json()["location"] == f"/orders/{source.records[0].order_id}"
    items = [{"productId": "monitor", "quantity": 2, "price": 349.99}]
    body = {"customerId": "customer-1", "items": items, "paymentToken": "pm_declined"}
    assert source.actions == [("place", body, "my-key")]


@pytest.mark.parametrize("missing", [*ORDER])
def test_an_order_needs_every_field(client: httpx.Client, source: FakeSource, missing: str) -> None:
    answer = client.post("/orders", data={**ORDER, missing: ""})
    assert (answer.status_code, source.actions) == (422, [])


def test_an_unknown_product_is_refused(client: httpx.Client, source: FakeSource) -> None:
    answer = client.post("/orders", data={**ORDER, "product": "yacht"})
    assert (answer.status_code, answer.json()["detail"], source.actions) == (422, "the catalogue has no yacht", [])


@pytest.mark.parametrize(
    ("route", "actions"),
    [
        ("cancel", [("cancel", "some-order", "because")]),
        ("resume", [("resume", "some-order", "because"), ("delete_stale_messages",)]),
    ],
)
def test_an_operator_gives_a_reason(
    client: httpx.Client, source: FakeSource, route: str, actions: list[tuple[str, ...]]
) -> None:
    assert client.post(f"/orders/some-order/{route}", data={"reason": ""}).status_code == 422
    assert client.post(f"/orders/some-order/{route}", data={"reason": "because"}).status_code == 200
    assert source.actions == actions


def test_the_gateway_is_restored(client: httpx.Client, source: FakeSource) -> None:
    assert client.post("/orders/some-order/restore-gateway").status_code == 200
    assert source.actions == [("restore", "some-order")]


def test_an_event_is_dispatched_whatever_its_name(client: httpx.Client, source: FakeSource) -> None:
    assert client.post("/outbox/some-order/OrderParked%232").status_code == 200
    assert source.actions == [("dispatch", "some-order", "OrderParked#2")]


@pytest.mark.parametrize(
    ("failure", "status"),
    [(Failure("no"), 409), (NoSuchOrder("no"), 404), (UsageFailure("no"), 422), (Unreachable("no"), 503)],
)
def test_a_refusal_is_answered_with_its_message(
    client: httpx.Client, source: FakeSource, failure: Failure, status: int
) -> None:
    source.refusal = failure
    answer = client.post("/breaker/reset")
    assert (answer.status_code, answer.json()) == (status, {"detail": "no"})
