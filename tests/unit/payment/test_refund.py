"""Refunding: whatever happened before, the order costs nothing, now or later."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from payment.domain import PaymentDeclined
from payment.simulated import SimulatedGateway
from sagakit import clock
from sagakit.errors import TransientError
from tests.support import steps, world

if TYPE_CHECKING:
    from payment.domain import Intent

pytestmark = pytest.mark.usefixtures("world")

PRICE = 2 * world.PRICES["monitor"]


def cancelled_after_trying_to_pay(token: str, error: type[Exception] = TransientError) -> str:
    order_id = world.placed(token)
    with pytest.raises(error):
        steps.process(order_id)
    steps.cancel(order_id)
    return order_id


def payment(order_id: str) -> str:
    return str(next(row["status"] for row in world.rows("PAYMENTS") if row["orderId"] == order_id))


def intent() -> dict[str, object]:
    return next(row for row in world.rows("GATEWAY_LEDGER") if "amount" in row)


def undone(order_id: str) -> tuple[str, int]:
    """Read what the event tells: how it was undone, and how much was given back."""
    told = world.detail(order_id, "PaymentRefunded")
    return told["outcome"], told["amount"]


def test_what_was_charged_is_given_back_and_told() -> None:
    order_id = steps.cancelling()
    assert world.net_charge() == PRICE
    assert steps.refund(order_id) == {"orderId": order_id, "event": "PaymentRefunded", "repeated": False}
    assert (world.net_charge(), payment(order_id), undone(order_id)) == (0, "REFUNDED", ("refunded", PRICE))


def test_a_charge_that_nobody_heard_of_is_given_back() -> None:
    order_id = cancelled_after_trying_to_pay("pm_slow")
    assert world.net_charge() == PRICE
    steps.refund(order_id)
    assert (world.net_charge(), undone(order_id)) == (0, ("refunded", PRICE))


def test_an_intent_that_was_not_confirmed_is_voided() -> None:
    order_id = cancelled_after_trying_to_pay("pm_unavailable")
    steps.refund(order_id)
    assert (intent()["status"], payment(order_id), undone(order_id)) == ("canceled", "VOIDED", ("voided", 0))


def test_a_declined_intent_is_voided_at_the_gateway_too() -> None:
    order_id = cancelled_after_trying_to_pay("pm_declined", PaymentDeclined)
    assert intent()["status"] == "declined"
    steps.refund(order_id)
    assert (intent()["status"], payment(order_id), undone(order_id)) == ("canceled", "VOIDED", ("voided", 0))


def test_without_an_intent_there_is_nothing_to_undo_and_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> None:
        raise AssertionError("the gateway was asked")

    order_id = world.placed()
    steps.cancel(order_id)
    monkeypatch.setattr("payment.app.gateway", asked)
    steps.refund(order_id)
    assert undone(order_id) == ("nothing to undo", 0)
    assert (world.rows("PAYMENTS"), world.rows("GATEWAY_LEDGER")) == ([], [])


def test_it_is_cancelled_first_and_refunded_only_when_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    class Watched(SimulatedGateway):
        def cancel(self, intent_id: str) -> Intent:
            calls.append("cancel")
            return super().cancel(intent_id)

        def refund(self, intent_id: str) -> Intent:
            calls.append("refund")
            return super().refund(intent_id)

    paid, unpaid = steps.cancelling(), cancelled_after_trying_to_pay("pm_unavailable")
    monkeypatch.setattr("payment.app.gateway", Watched)
    steps.refund(paid)
    assert calls == ["cancel", "refund"]
    steps.refund(unpaid)
    assert calls == ["cancel", "refund", "cancel"]


def test_a_payment_that_is_processing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    order_id = cancelled_after_trying_to_pay("pm_processing")
    with pytest.raises(TransientError, match="processing"):
        steps.refund(order_id)
    assert "PaymentRefunded" not in world.events(order_id)
    monkeypatch.setattr(clock, "now", lambda: now + 3_000)
    steps.refund(order_id)
    assert (world.net_charge(), undone(order_id)) == (0, ("refunded", PRICE))


def test_a_payment_that_is_declined_late_is_voided(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    order_id = cancelled_after_trying_to_pay("pm_late_decline")
    monkeypatch.setattr(clock, "now", lambda: now + 3_000)
    steps.refund(order_id)
    assert (intent()["status"], undone(order_id)) == ("canceled", ("voided", 0))


def test_an_outage_is_transient_and_the_retry_gives_the_money_back_once() -> None:
    order_id = cancelled_after_trying_to_pay("pm_refund_flaky")
    for _ in range(2):
        with pytest.raises(TransientError, match="503"):
            steps.refund(order_id)
    assert world.net_charge() == PRICE
    steps.refund(order_id)
    assert world.net_charge() == 0


def test_a_gateway_that_is_down_gives_back_nothing_until_it_is_well() -> None:
    order_id = cancelled_after_trying_to_pay("pm_refund_down")
    for _ in range(8):
        with pytest.raises(TransientError):
            steps.refund(order_id)
    assert "PaymentRefunded" not in world.events(order_id)
    SimulatedGateway().make_well(str(intent()["id"]))
    steps.refund(order_id)
    assert world.net_charge() == 0


@pytest.mark.parametrize("token", ["pm_flaky", "pm_unavailable", "pm_slow", "pm_refund_flaky"])
def test_whoever_was_past_the_guard_and_confirms_after_the_refund_takes_no_money(token: str) -> None:
    order_id = cancelled_after_trying_to_pay(token)
    steps.ten_times(steps.refund, order_id)
    for _ in range(5):
        with suppress(TransientError):
            SimulatedGateway().confirm(str(intent()["id"]), key=f"{order_id}-confirm")
    assert steps.ten_times(steps.process, order_id) == {"SagaCancelled"}
    assert world.net_charge() == 0
