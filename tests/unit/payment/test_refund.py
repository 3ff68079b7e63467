"""Refunding: whatever happened before, the order costs nothing, now or later."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from payment import store
from payment.domain import PaymentDeclined
from payment.simulated import SimulatedGateway
from sagakit import clock
from sagakit.errors import NotCancelling, TransientError, UnknownSaga
from tests.support import meanwhile, steps, world

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


def outcome(order_id: str) -> str:
    return str(world.detail(order_id, "PaymentRefunded")["outcome"])


def test_what_was_charged_is_given_back_and_told() -> None:
    order_id = steps.cancelling()
    assert world.net_charge() == PRICE
    assert steps.refund(order_id) == {"orderId": order_id, "event": "PaymentRefunded", "repeated": False}
    assert (world.net_charge(), payment(order_id), outcome(order_id)) == (0, "REFUNDED", "refunded")


def test_a_charge_that_nobody_heard_of_is_given_back() -> None:
    order_id = cancelled_after_trying_to_pay("pm_slow")
    assert world.net_charge() == PRICE
    steps.refund(order_id)
    assert (world.net_charge(), outcome(order_id)) == (0, "refunded")


def test_an_intent_that_was_not_confirmed_is_voided() -> None:
    order_id = cancelled_after_trying_to_pay("pm_unavailable")
    steps.refund(order_id)
    assert (intent()["status"], payment(order_id), outcome(order_id)) == ("canceled", "VOIDED", "voided")


def test_a_declined_intent_is_voided_at_the_gateway_too() -> None:
    order_id = cancelled_after_trying_to_pay("pm_declined", PaymentDeclined)
    assert intent()["status"] == "declined"
    steps.refund(order_id)
    assert (intent()["status"], payment(order_id), outcome(order_id)) == ("canceled", "VOIDED", "voided")


def test_without_an_intent_there_is_nothing_to_undo_and_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> None:
        raise AssertionError("the gateway was asked")

    order_id = world.placed()
    steps.cancel(order_id)
    monkeypatch.setattr("payment.protocol.gateway", asked)
    steps.refund(order_id)
    assert outcome(order_id) == "nothing to undo"
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
    monkeypatch.setattr("payment.protocol.gateway", Watched)
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
    assert (world.net_charge(), outcome(order_id)) == (0, "refunded")


def test_a_payment_that_is_declined_late_is_voided(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    order_id = cancelled_after_trying_to_pay("pm_late_decline")
    monkeypatch.setattr(clock, "now", lambda: now + 3_000)
    steps.refund(order_id)
    assert (intent()["status"], outcome(order_id)) == ("canceled", "voided")


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


def test_a_retry_finds_its_own_row_and_changes_nothing() -> None:
    order_id = steps.cancelling()
    steps.refund(order_id)
    before = world.everything()
    assert steps.refund(order_id)["repeated"]
    assert world.everything() == before


def test_a_function_that_dies_between_refund_and_record_is_made_up_for_by_the_retry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = steps.cancelling()
    with monkeypatch.context() as patch:
        meanwhile.before(patch, "transact_write_items", meanwhile.die)
        with pytest.raises(meanwhile.Died):
            steps.refund(order_id)
    assert (world.net_charge(), payment(order_id)) == (0, "CHARGED")
    steps.refund(order_id)
    assert (world.net_charge(), payment(order_id)) == (0, "REFUNDED")


def test_a_twin_that_was_faster_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.refund(order_id))
    assert steps.refund(order_id)["repeated"]
    assert world.net_charge() == 0


def test_a_charge_that_is_recorded_meanwhile_is_given_back_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = cancelled_after_trying_to_pay("pm_slow")
    charge = SimulatedGateway().confirm(str(intent()["id"]), key=f"{order_id}-confirm")
    meanwhile.before(monkeypatch, "transact_write_items", lambda: store.charged(order_id, charge))
    with pytest.raises(TransientError, match="the payment changed meanwhile"):
        steps.refund(order_id)
    steps.refund(order_id)
    assert world.events(order_id)[-2:] == ["PaymentCharged", "PaymentRefunded"]
    assert (world.net_charge(), payment(order_id)) == (0, "REFUNDED")


@pytest.mark.parametrize("token", ["pm_flaky", "pm_unavailable", "pm_slow", "pm_refund_flaky"])
def test_whoever_was_past_the_door_and_confirms_after_the_refund_takes_no_money(token: str) -> None:
    order_id = cancelled_after_trying_to_pay(token)
    steps.ten_times(steps.refund, order_id)
    for _ in range(5):
        with suppress(TransientError):
            SimulatedGateway().confirm(str(intent()["id"]), key=f"{order_id}-confirm")
    assert steps.ten_times(steps.process, order_id) == {"SagaCancelled"}
    assert world.net_charge() == 0


def test_nothing_is_refunded_for_an_order_that_nobody_cancelled() -> None:
    order_id = steps.paid()
    before = world.everything()
    with pytest.raises(NotCancelling, match="the saga is PENDING"):
        steps.refund(order_id)
    assert world.everything() == before


def test_a_refund_that_read_the_history_before_the_cancellation_reads_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paid()
    meanwhile.before(monkeypatch, "get_item", lambda: steps.cancel(order_id))
    monkeypatch.setattr(clock, "after", lambda previous: previous + 1)  # its machine is behind
    with pytest.raises(TransientError, match="decided just now"):
        steps.refund(order_id)
    steps.refund(order_id)
    assert world.events(order_id)[-2:] == ["OrderCancelling", "PaymentRefunded"]


def test_nothing_is_refunded_for_a_confirmed_order() -> None:
    order_id = steps.confirmed()
    before = world.everything()
    assert steps.ten_times(steps.refund, order_id) == {"NotCancelling"}
    assert world.everything() == before


def test_ten_late_calls_for_a_failed_order_change_nothing() -> None:
    order_id = steps.failed()
    before = world.snapshot()
    assert steps.ten_times(steps.refund, order_id) == {"PaymentRefunded"}
    assert world.snapshot() == before


def test_an_order_that_does_not_exist_is_unknown() -> None:
    with pytest.raises(UnknownSaga):
        steps.refund("no-such-order")


def test_the_events_time_does_not_go_backwards_with_this_machines_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    monkeypatch.setattr(clock, "now", lambda: 1)
    steps.refund(order_id)
    assert world.events(order_id)[-1] == "PaymentRefunded"


def test_a_refund_is_counted_once_however_often_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    order_id = steps.cancelling()
    capsys.readouterr()
    steps.ten_times(steps.refund, order_id)
    (metric,) = capsys.readouterr().out.splitlines()
    assert (json.loads(metric)["Compensations"], json.loads(metric)["step"]) == ([1.0], "RefundPayment")
