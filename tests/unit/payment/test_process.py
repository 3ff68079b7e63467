"""Charging through the gateway. test_step_contract.py tests what all steps have in common."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from order.views import event_view
from payment.domain import AmountDiffers, PaymentDeclined
from payment.port import Intent, IntentStatus
from payment.simulated import SimulatedGateway
from sagakit import clock, eventlog
from sagakit.errors import SagaCancelled, StillPending, TransientError
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
    charged = world.detail(order_id, "PaymentCharged")
    assert (charged["amount"], charged["currency"]) == (PRICE, "USD")


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


def test_a_retry_writes_nothing() -> None:
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


def answering(monkeypatch: pytest.MonkeyPatch, call: str, **changes: Any) -> None:
    """Let the gateway answer a call with other values."""
    real: Callable[..., Intent] = getattr(SimulatedGateway, call)
    monkeypatch.setattr(SimulatedGateway, call, lambda *args, **kwargs: replace(real(*args, **kwargs), **changes))


WRONG_ANSWERS: list[dict[str, Any]] = [
    {"charged": 1},
    {"charged": 0},
    {"charged": PRICE + 1},
    {"amount": PRICE + 1},
    {"amount": PRICE + 1, "charged": PRICE + 1},
    {"currency": "EUR"},
    {"status": IntentStatus.DECLINED},  # although it has charged
    {"status": IntentStatus.CANCELED},
    {"refunded": PRICE},  # so the order would be had for nothing
    {"refunded": 1},
    {"refund_pending": True},
]


@pytest.mark.parametrize("changes", WRONG_ANSWERS, ids=str)
def test_a_charge_that_is_not_what_was_asked_for_is_refused(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    order_id = reserved()
    answering(monkeypatch, "confirm", **changes)
    for _ in range(2):
        with pytest.raises(AmountDiffers):
            steps.process(order_id)
    assert world.events(order_id)[-1] == "PaymentMismatched"
    mismatched, (intent,) = world.detail(order_id, "PaymentMismatched"), world.intents()
    assert (mismatched["amount"], mismatched["charged"]) == (PRICE, changes.get("charged", intent["taken"]))
    assert world.payment(order_id) == "DECLINED"


def test_the_cause_of_a_mismatch_says_what_was_charged_instead() -> None:
    order_id = reserved("pm_wrong_amount")
    with pytest.raises(AmountDiffers):
        steps.process(order_id)
    (intent,) = world.intents()
    told = f"{intent['id']} is succeeded, 1 of {PRICE} USD charged and 0 refunded, not {PRICE} of {PRICE} USD"
    assert world.detail(order_id, "PaymentMismatched")["cause"] == told
    shown = event_view(eventlog.history(order_id).find("PaymentMismatched") or pytest.fail("no such event"))
    assert (shown["detail"]["charged"], shown["detail"]["amount"], "cause" in shown["detail"]) == (0.01, 699.98, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": PRICE - 1},
        {"currency": "EUR"},
        {"charged": PRICE},
        {"status": IntentStatus.SUCCEEDED, "charged": 1},
        {"status": IntentStatus.PROCESSING, "amount": PRICE - 1},
        {"refunded": 1},
    ],
    ids=str,
)
def test_an_intent_that_is_not_what_was_asked_for_is_on_record_but_never_confirmed(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    order_id = reserved()
    answering(monkeypatch, "create_intent", **changes)
    monkeypatch.delattr(SimulatedGateway, "confirm")
    for _ in range(2):
        with pytest.raises(AmountDiffers):
            steps.process(order_id)
    assert world.events(order_id)[-2:] == ["PaymentIntentRecorded", "PaymentMismatched"]
    assert (world.payment(order_id), world.net_charge()) == ("DECLINED", 0)
    mismatched, (intent,) = world.detail(order_id, "PaymentMismatched"), world.intents()
    assert (mismatched["intentId"], mismatched["amount"]) == (intent["id"], PRICE)
    assert mismatched["charged"] == changes.get("charged", 0)


def test_the_currency_is_that_of_the_recorded_intent_even_if_the_setting_changes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = reserved("pm_processing")
    with pytest.raises(StillPending):
        steps.process(order_id)
    monkeypatch.setenv("CURRENCY", "EUR")
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + 3_000)
    steps.process(order_id)
    assert world.detail(order_id, "PaymentCharged")["currency"] == "USD"


def test_an_intent_from_before_currencies_were_recorded_is_charged() -> None:
    order_id = reserved("pm_slow")
    with pytest.raises(TransientError):
        steps.process(order_id)
    row, (intent,) = world.event_row(order_id, "PaymentIntentRecorded"), world.intents()
    world.put("EVENTS", {**row, "detail": {"intentId": intent["id"], "amount": PRICE}})
    world.put("GATEWAY_LEDGER", {name: value for name, value in intent.items() if name != "currency"})
    steps.process(order_id)
    assert world.payment(order_id) == "CHARGED"


def test_a_free_order_is_charged_nothing_without_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.PRICES, "monitor", 0)
    world.stock_up()
    order_id = reserved()
    monkeypatch.delattr("payment.app.gateway")
    steps.process(order_id)
    charged = world.detail(order_id, "PaymentCharged")
    assert (charged["intentId"], charged["amount"], world.payment(order_id)) == (None, 0, "CHARGED")
    assert world.rows("GATEWAY_LEDGER") == []


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


@pytest.mark.parametrize("call", ["create_intent", "confirm"])
def test_a_concurrent_duplicate_charges_nothing_more(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    order_id, duplicates = reserved(), list[dict[str, Any]]()
    real: Callable[..., Intent] = getattr(SimulatedGateway, call)

    def meanwhile_duplicated(*args: Any, **kwargs: Any) -> Intent:
        if not duplicates:
            monkeypatch.setattr(SimulatedGateway, call, real)
            duplicates.append(steps.process(order_id))
        return real(*args, **kwargs)

    monkeypatch.setattr(SimulatedGateway, call, meanwhile_duplicated)
    assert steps.process(order_id) == {**duplicates[0], "repeated": True}
    assert [intent["taken"] for intent in world.intents()] == [PRICE]


def test_a_payment_that_is_voided_before_it_is_confirmed_charges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = reserved()

    def undo() -> None:
        steps.cancel(order_id)
        steps.refund(order_id)

    meanwhile.before(monkeypatch, "update_item", undo)
    with pytest.raises(SagaCancelled, match="voided"):
        steps.process(order_id)
    assert (world.net_charge(), world.payment(order_id)) == (0, "VOIDED")
