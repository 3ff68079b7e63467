"""A customer's cancellation, through the API."""

import pytest

from sagakit import eventlog, guard
from tests.support import http, steps, world

pytestmark = pytest.mark.usefixtures("world")


def test_a_customers_cancellation_is_final_and_starts_the_compensations() -> None:
    order_id = world.placed()
    answer = http.cancel(order_id)
    assert (answer.status, answer.body) == (202, {"orderId": order_id, "status": "CANCELLING"})
    assert guard.read(order_id)["reason"]["reason"] == "CustomerCancelled"
    event = eventlog.history(order_id).find("OrderCancelling")
    assert event
    assert (event.starts_saga, event.state) == (True, "")


def test_a_customer_may_cancel_twice() -> None:
    order_id = world.placed()
    http.cancel(order_id)
    before = world.everything()
    assert http.cancel(order_id).status == 202
    assert world.everything() == before


def test_a_customer_who_cancels_a_failed_order_sees_how_it_ended() -> None:
    answer = http.cancel(steps.failed())
    assert (answer.status, answer.body["status"]) == (202, "FAILED")


def test_a_customer_who_cancels_too_late_is_refused() -> None:
    order_id = steps.confirmed()
    answer = http.cancel(order_id)
    assert (answer.status, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert world.status(order_id) == "CONFIRMED"


def test_an_unknown_order_cannot_be_cancelled() -> None:
    assert http.cancel("no-such-order").status == 404
