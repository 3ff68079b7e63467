"""Refunding a part of a payment: once for each return, never more than was charged, and nothing taken on trust."""

from dataclasses import replace
from typing import Any

import pytest

from payment.domain import AmountDiffers, RefundRefused
from payment.port import Gateway, Intent
from payment.simulated import SimulatedGateway
from sagakit import guard
from sagakit.errors import StillPending, TransientError
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")

AMOUNT = 69_998
PRICE = world.PRICES["monitor"]


def charged(gateway: Gateway, token: str = world.OK) -> str:
    """Charge an amount; return the intent's id."""
    intent = gateway.create_intent(key="order-1-create", amount=AMOUNT, currency="USD", token=token)
    gateway.confirm(intent.id, key="order-1-confirm")
    return intent.id


# --- The contract of every gateway ---------------------------------------------------------------------------------


def test_each_key_refunds_its_part_once_and_for_good(gateway: Gateway) -> None:
    intent_id = charged(gateway)
    first = gateway.refund_part(intent_id, key="return-1", amount=10)
    assert (first.charged, first.refunded, first.parts) == (AMOUNT, 10, {"return-1": 10})
    second = gateway.refund_part(intent_id, key="return-2", amount=20)
    assert (second.refunded, second.parts) == (30, {"return-1": 10, "return-2": 20})
    assert gateway.refund_part(intent_id, key="return-1", amount=10) == second
    assert world.net_charge() == AMOUNT - 30


@pytest.mark.parametrize("first", [AMOUNT, AMOUNT - 9])
def test_more_than_is_left_is_refused_and_nothing_is_refunded(gateway: Gateway, first: int) -> None:
    intent_id = charged(gateway)
    gateway.refund_part(intent_id, key="return-1", amount=first)
    with pytest.raises(RefundRefused, match="less than that is left"):
        gateway.refund_part(intent_id, key="return-2", amount=10)
    assert world.net_charge() == AMOUNT - first
    assert gateway.refund_part(intent_id, key="return-1", amount=first).refunded == first


def test_everything_is_refunded_in_parts(gateway: Gateway) -> None:
    intent_id = charged(gateway)
    for number in range(2):
        gateway.refund_part(intent_id, key=f"return-{number}", amount=AMOUNT // 2)
    assert world.net_charge() == 0


def test_without_a_charge_no_part_is_refunded(gateway: Gateway) -> None:
    intent = gateway.create_intent(key="order-1-create", amount=AMOUNT, currency="USD", token=world.OK)
    with pytest.raises(RefundRefused):
        gateway.refund_part(intent.id, key="return-1", amount=10)
    assert world.net_charge() == 0


# --- Concurrent callers --------------------------------------------------------------------------------------------


def test_a_part_that_is_refunded_while_another_one_is_loses_the_race_and_succeeds_when_it_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gateway = SimulatedGateway()
    intent_id = charged(gateway)
    other = lambda: gateway.refund_part(intent_id, key="return-2", amount=20)  # noqa: E731
    meanwhile.before(monkeypatch, "update_item", other, call=2)
    with pytest.raises(TransientError, match="another refund"):
        gateway.refund_part(intent_id, key="return-1", amount=10)
    assert gateway.refund_part(intent_id, key="return-1", amount=10).parts == {"return-1": 10, "return-2": 20}


def test_two_concurrent_calls_with_one_key_refund_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = SimulatedGateway()
    intent_id = charged(gateway)
    twin = lambda: gateway.refund_part(intent_id, key="return-1", amount=10)  # noqa: E731
    meanwhile.before(monkeypatch, "update_item", twin, call=2)
    assert gateway.refund_part(intent_id, key="return-1", amount=10).parts == {"return-1": 10}
    assert world.net_charge() == AMOUNT - 10


def test_two_concurrent_refunds_of_more_than_is_left_refund_one_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = SimulatedGateway()
    intent_id = charged(gateway)
    other = lambda: gateway.refund_part(intent_id, key="return-2", amount=AMOUNT)  # noqa: E731
    meanwhile.before(monkeypatch, "update_item", other, call=2)
    for error in (TransientError, RefundRefused):
        with pytest.raises(error):
            gateway.refund_part(intent_id, key="return-1", amount=AMOUNT)
    assert world.net_charge() == 0


# --- The test tokens -----------------------------------------------------------------------------------------------


def test_pm_return_flaky_refunds_at_the_third_call(gateway: Gateway) -> None:
    intent_id = charged(gateway, "pm_return_flaky")
    for _ in range(2):
        with pytest.raises(TransientError):
            gateway.refund_part(intent_id, key="return-1", amount=10)
    assert gateway.refund_part(intent_id, key="return-1", amount=10).refunded == 10


@pytest.mark.parametrize(
    ("token", "outcome"),
    [
        ("pm_return_down", TransientError),
        ("pm_return_refused", RefundRefused),
        ("pm_return_pending", 0),
        ("pm_return_partial", 9),
    ],
)
def test_the_other_tokens_refund_too_little_until_the_gateway_is_restored(token: str, outcome: object) -> None:
    gateway = SimulatedGateway()
    intent_id = charged(gateway, token)

    def refunded() -> object:
        try:
            return gateway.refund_part(intent_id, key="return-1", amount=10).refunded
        except (TransientError, RefundRefused) as error:
            return type(error)

    assert [refunded(), refunded()] == [outcome, outcome]
    gateway.restore(intent_id)
    assert [refunded(), refunded()] == [10, 10]


# --- The step ------------------------------------------------------------------------------------------------------


def test_the_refund_is_recorded_with_its_intent_first() -> None:
    return_id = steps.STARTED["return"]()
    order_id = guard.read(return_id)["returnOf"]
    assert steps.call("RefundReturn", return_id)["event"] == "ReturnRefunded"
    intended, refunded = world.detail(return_id, "ReturnRefundIntended"), world.detail(return_id, "ReturnRefunded")
    assert intended == refunded == {"intentId": world.intents()[0]["id"], "amount": PRICE, "currency": "USD"}
    assert (world.payment(return_id), world.payment(order_id)) == ("REFUNDED", "CHARGED")


def test_without_a_payment_on_record_nothing_is_refunded() -> None:
    return_id = steps.STARTED["return"]()
    world.forget(guard.read(return_id)["returnOf"], "PaymentCharged")
    assert steps.outcome(lambda saga_id: steps.call("RefundReturn", saga_id), return_id) == "LookupError"
    assert (world.events(return_id), world.net_charge()) == (["ReturnAccepted"], 2 * PRICE)


def answered(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> str:
    """Let the gateway answer with other values; return the name of the resulting event or error."""
    return_id, real = steps.STARTED["return"](), SimulatedGateway.refund_part

    def other(*args: Any, **kwargs: Any) -> Intent:
        intent = real(*args, **kwargs)
        parts = {return_id: changes.pop("part")} if "part" in changes else intent.parts
        return replace(intent, **{"parts": {**parts, **changes.pop("others", {})}, **changes})

    monkeypatch.setattr(SimulatedGateway, "refund_part", other)
    return steps.outcome(lambda saga_id: steps.call("RefundReturn", saga_id), return_id)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"part": PRICE - 1, "refunded": PRICE - 1}, AmountDiffers),
        ({"part": PRICE + 1, "refunded": PRICE + 1}, AmountDiffers),
        ({"part": 0, "refunded": 0}, AmountDiffers),
        ({"currency": "XTS"}, AmountDiffers),
        ({"refunded": PRICE + 1}, AmountDiffers),  # more than the parts explain
        ({"refunded": PRICE - 1, "refund_pending": True}, StillPending),
        ({"part": 0, "refunded": 0, "refund_pending": True}, StillPending),
    ],
)
def test_an_answer_that_is_not_what_was_asked_for_is_no_refund(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], error: type[Exception]
) -> None:
    assert answered(monkeypatch, **changes) == error.__name__


def test_an_answer_that_tells_of_other_returns_too_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(monkeypatch, others={"return-2": 1}, refunded=PRICE + 1) == "ReturnRefunded"
