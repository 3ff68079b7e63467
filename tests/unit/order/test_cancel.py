"""Cancelling: the decision to undo, made once, and never for a confirmed order."""

from __future__ import annotations

import json

import pytest

from sagakit import clock, guard
from sagakit.errors import AlreadyConfirmed, UnknownSaga
from tests.support import http, meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")


def test_the_door_is_closed_and_the_reason_is_told() -> None:
    order_id = world.placed()
    assert steps.cancel(order_id) == {"orderId": order_id, "event": "OrderCancelling", "repeated": False}
    reason = {"reason": "PaymentDeclined", "cause": "card_declined"}
    assert (world.status(order_id), guard.read(order_id)["reason"]) == ("CANCELLING", reason)
    assert world.detail(order_id, "OrderCancelling") == reason


def test_the_compensations_have_a_deadline_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = world.placed()
    now = clock.now() + 60_000
    monkeypatch.setattr(clock, "now", lambda: now)
    steps.cancel(order_id)
    row = guard.read(order_id)
    assert (row["dueAt"], "open" in row) == (now + 420_000, True)


def test_the_first_reason_stands() -> None:
    order_id = world.placed()
    steps.cancel(order_id, "InsufficientStock", "sold out")
    before = world.everything()
    assert steps.cancel(order_id, "PaymentDeclined", "no money")["repeated"]
    assert world.everything() == before


def test_a_confirmed_order_is_not_cancelled() -> None:
    order_id = steps.confirmed()
    before = world.everything()
    assert steps.ten_times(steps.cancel, order_id) == {"AlreadyConfirmed"}
    assert world.everything() == before


def test_a_confirmation_that_comes_first_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paid()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.confirm(order_id))
    with pytest.raises(AlreadyConfirmed):
        steps.cancel(order_id)
    assert world.status(order_id) == "CONFIRMED"


@pytest.mark.parametrize(
    ("before", "overtaking", "quantity"),
    [([], steps.reserve, 1), ([], steps.reserve, world.STOCK + 1), ([steps.reserve], steps.process, 1)],
    ids=["reserved", "rejected", "paid"],
)
def test_a_step_that_goes_through_the_door_meanwhile_is_told_before_the_cancellation(
    monkeypatch: pytest.MonkeyPatch, before: list[steps.Step], overtaking: steps.Step, quantity: int
) -> None:
    order_id = world.placed(quantity=quantity)
    for step in before:
        step(order_id)
    seen = world.events(order_id)
    meanwhile.before(monkeypatch, "transact_write_items", lambda: _a_minute_ahead(overtaking, order_id))
    steps.cancel(order_id)
    *overtook, last = world.events(order_id)[len(seen) :]
    assert (last, bool(overtook)) == ("OrderCancelling", True)


def _a_minute_ahead(step: steps.Step, order_id: str) -> None:
    """Call a step on a machine whose clock is ahead."""
    later = clock.now() + 60_000
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clock, "now", lambda: later)
        steps.outcome(step, order_id)


def test_ten_late_calls_for_a_failed_order_change_nothing() -> None:
    order_id = steps.failed()
    before = world.snapshot()
    assert steps.ten_times(steps.cancel, order_id) == {"OrderCancelling"}
    assert world.snapshot() == before


def test_an_order_that_does_not_exist_is_not_cancelled() -> None:
    with pytest.raises(UnknownSaga):
        steps.cancel("no-such-order")
    assert world.rows("SAGAS") == []


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ('{"errorMessage": "card_declined", "errorType": "PaymentDeclined"}', "card_declined"),
        ('{"errorType": "Sandbox.Timedout"}', '{"errorType": "Sandbox.Timedout"}'),
        ("plain words", "plain words"),
        ('["a", "list"]', '["a", "list"]'),
        ("", ""),
        ("x" * 501, "x" * 500),
        (json.dumps({"errorMessage": "y" * 10_000}), "y" * 500),
    ],
    ids=["lambda", "lambda without a message", "words", "other json", "nothing", "long", "long message"],
)
def test_the_cause_is_what_a_person_can_read(cause: str, told: str) -> None:
    order_id = world.placed()
    steps.cancel(order_id, "SomeError", cause)
    assert world.detail(order_id, "OrderCancelling") == {"reason": "SomeError", "cause": told}


def test_an_error_without_a_cause_is_told_without_one() -> None:
    order_id = world.placed()
    steps.call("CancelOrder", order_id, error={"Error": "States.Timeout"})
    assert world.detail(order_id, "OrderCancelling") == {"reason": "States.Timeout", "cause": ""}


def test_the_events_time_does_not_go_backwards_with_this_machines_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paid()
    monkeypatch.setattr(clock, "now", lambda: 1)
    steps.cancel(order_id)
    assert world.events(order_id)[-1] == "OrderCancelling"


def test_a_cancellation_by_the_saga_itself_starts_no_other() -> None:
    order_id = world.placed()
    steps.cancel(order_id)
    assert [row["startsSaga"] for row in world.rows("EVENTS") if row["eventType"] == "OrderCancelling"] == [False]


# --- By the customer -----------------------------------------------------------------------------------------------


def test_a_customers_cancellation_is_a_decision_that_starts_the_compensations() -> None:
    order_id = world.placed()
    answer = http.cancel(order_id)
    assert (answer.status, answer.body) == (202, {"orderId": order_id, "status": "CANCELLING"})
    assert guard.read(order_id)["reason"]["reason"] == "CustomerCancelled"
    assert [row["startsSaga"] for row in world.rows("EVENTS") if row["eventType"] == "OrderCancelling"] == [True]


def test_a_customer_may_ask_twice() -> None:
    order_id = world.placed()
    http.cancel(order_id)
    before = world.everything()
    assert http.cancel(order_id).status == 202
    assert world.everything() == before


def test_a_customer_who_asks_after_the_end_is_told_how_it_ended() -> None:
    answer = http.cancel(steps.failed())
    assert (answer.status, answer.body["status"]) == (202, "FAILED")


def test_a_customer_who_asks_too_late_is_refused() -> None:
    order_id = steps.confirmed()
    answer = http.cancel(order_id)
    assert (answer.status, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert world.status(order_id) == "CONFIRMED"


def test_an_order_that_does_not_exist_cannot_be_cancelled() -> None:
    assert http.cancel("no-such-order").status == 404
