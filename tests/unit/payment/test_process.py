"""Charging through the gateway. test_step_contract.py tests what all steps have in common."""

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError

from payment.domain import PaymentDeclined
from payment.port import Intent
from payment.simulated import SimulatedGateway
from sagakit import clock
from sagakit.errors import SagaCancelled, StillPending
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")

PRICE = 2 * world.PRICES["monitor"]


def reserved(token: str = world.OK) -> str:
    order_id = world.placed(token)
    steps.reserve(order_id)
    return order_id


def test_the_customer_is_charged_and_the_charge_recorded() -> None:
    order_id = reserved()
    assert steps.process(order_id) == {"orderId": order_id, "event": "PaymentCharged", "repeated": False}
    assert (world.net_charge(), world.payment(order_id)) == (PRICE, "CHARGED")
    assert world.detail(order_id, "PaymentCharged")["amount"] == PRICE


def test_the_intent_is_on_record_before_it_is_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = reserved()
    on_record: list[str] = []

    class Watched(SimulatedGateway):
        def confirm(self, intent_id: str, *, key: str) -> Intent:
            on_record.extend(world.events(order_id))
            return super().confirm(intent_id, key=key)

    monkeypatch.setattr("payment.app.gateway", Watched)
    steps.process(order_id)
    assert on_record == ["OrderPlaced", "InventoryReserved", "PaymentIntentRecorded"]


def test_a_retry_within_ten_minutes_writes_nothing() -> None:
    order_id = steps.paid()
    before = world.everything()
    steps.process(order_id)
    assert world.everything() == before


def test_a_decline_is_recorded_with_its_cause_and_not_retried_at_the_gateway() -> None:
    order_id = reserved("pm_declined")
    for _ in range(3):
        with pytest.raises(PaymentDeclined, match=r"^card_declined$"):
            steps.process(order_id)
    assert (world.net_charge(), world.payment(order_id)) == (0, "DECLINED")
    assert world.detail(order_id, "PaymentDeclined")["cause"] == "card_declined"
    assert [intent["confirms"] for intent in world.intents()] == [1]


def test_a_processing_payment_is_neither_charged_nor_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = reserved("pm_processing")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    with pytest.raises(StillPending, match="the payment is processing"):
        steps.process(order_id)
    assert world.payment(order_id) == "INTENT"
    monkeypatch.setattr(clock, "now", lambda: now + 3_000)
    steps.process(order_id)
    assert world.payment(order_id) == "CHARGED"


def test_a_concurrent_duplicate_cannot_reach_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = reserved()

    class WithADuplicate(SimulatedGateway):
        def confirm(self, intent_id: str, *, key: str) -> Intent:
            with pytest.raises(IdempotencyAlreadyInProgressError):
                steps.process(order_id)
            return super().confirm(intent_id, key=key)

    monkeypatch.setattr("payment.app.gateway", WithADuplicate)
    steps.process(order_id)
    assert [intent["confirms"] for intent in world.intents()] == [1]


def test_a_payment_that_is_voided_before_it_is_confirmed_charges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = reserved()

    def undo() -> None:
        steps.cancel(order_id)
        steps.refund(order_id)

    meanwhile.before(monkeypatch, "update_item", undo)
    with pytest.raises(SagaCancelled, match="voided"):
        steps.process(order_id)
    assert (world.net_charge(), world.payment(order_id)) == (0, "VOIDED")
