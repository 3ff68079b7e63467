"""Refunding: whatever happened before, the order costs nothing, now or later."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from payment.domain import REFUND, AmountDiffers, PaymentDeclined, RefundRefused
from payment.port import Intent, IntentStatus
from payment.simulated import SimulatedGateway
from sagakit.errors import StillPending, TransientError
from sagakit.event import PROVENANCE
from tests.support import steps, world
from tests.support.stopped_clock import SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("world")

PRICE = 2 * world.PRICES["monitor"]


def cancelled_after_trying_to_pay(token: str, error: type[Exception] = TransientError) -> str:
    order_id = world.placed(token)
    with pytest.raises(error):
        steps.process(order_id)
    steps.cancel(order_id)
    return order_id


@contextmanager
def answering(monkeypatch: pytest.MonkeyPatch, call: str, **changes: Any) -> Iterator[None]:
    """Let the gateway answer a call with other values."""
    real: Callable[..., Intent] = getattr(SimulatedGateway, call)
    with monkeypatch.context() as patch:
        patch.setattr(SimulatedGateway, call, lambda *args, **kwargs: replace(real(*args, **kwargs), **changes))
        yield


def undone(order_id: str) -> tuple[str, int]:
    """Return how the payment was undone and how much was refunded."""
    detail = world.detail(order_id, "PaymentRefunded")
    return detail["outcome"], detail["amount"]


def test_a_charge_is_refunded_and_the_refund_recorded() -> None:
    order_id = steps.cancelling()
    assert world.net_charge() == PRICE
    assert steps.refund(order_id) == {"orderId": order_id, "event": "PaymentRefunded", "repeated": False}
    assert (world.net_charge(), world.payment(order_id), undone(order_id)) == (0, "REFUNDED", ("refunded", PRICE))


@pytest.mark.parametrize(
    ("token", "error", "intended", "recorded", "outcome"),
    [
        ("pm_slow", TransientError, "succeeded", "REFUNDED", ("refunded", PRICE)),  # a charge whose response was lost
        ("pm_unavailable", TransientError, "canceled", "VOIDED", ("voided", 0)),
        ("pm_declined", PaymentDeclined, "canceled", "VOIDED", ("voided", 0)),
    ],
)
def test_an_unknown_charge_is_refunded_and_any_other_intent_voided(
    token: str, error: type[Exception], intended: str, recorded: str, outcome: tuple[str, int]
) -> None:
    order_id = cancelled_after_trying_to_pay(token, error)
    steps.refund(order_id)
    (intent,) = world.intents()
    assert (intent["status"], world.payment(order_id), undone(order_id)) == (intended, recorded, outcome)
    assert world.net_charge() == 0


def test_without_an_intent_there_is_nothing_to_undo_and_the_gateway_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = world.placed()
    steps.cancel(order_id)
    monkeypatch.delattr("payment.app.gateway")
    steps.refund(order_id)
    assert undone(order_id) == ("nothing to undo", 0)


def test_an_intent_is_cancelled_first_and_refunded_only_if_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.parametrize(
    ("token", "error", "waiting"),
    [
        ("pm_refund_refused", RefundRefused, "charge_disputed"),
        ("pm_refund_down", TransientError, "503"),
        ("pm_refund_pending", StillPending, "the refund is pending"),
    ],
)
def test_a_refund_that_fails_leaves_the_charge_on_record_until_it_succeeds(
    token: str, error: type[Exception], waiting: str
) -> None:
    order_id = cancelled_after_trying_to_pay(token)
    before = world.snapshot()
    for _ in range(2):
        with pytest.raises(error, match=waiting):
            steps.refund(order_id)
    assert (world.snapshot(), world.payment(order_id), world.net_charge()) == (before, "INTENT", PRICE)
    SimulatedGateway().restore(str(world.intents()[0]["id"]))
    steps.refund(order_id)
    assert (world.payment(order_id), undone(order_id), world.net_charge()) == ("REFUNDED", ("refunded", PRICE), 0)


@pytest.mark.parametrize(
    ("token", "tried", "recorded", "charged", "kept"),
    [
        ("pm_partial_refund", TransientError, "INTENT", PRICE, 1),
        ("pm_wrong_amount", AmountDiffers, "DECLINED", 1, 1),
    ],
)
def test_money_that_a_refund_does_not_give_back_is_not_refunded_until_it_is_settled(
    token: str, tried: type[Exception], recorded: str, charged: int, kept: int
) -> None:
    order_id = cancelled_after_trying_to_pay(token, tried)
    for _ in range(2):
        with pytest.raises(AmountDiffers, match=rf"{charged - kept} of {charged} USD was refunded"):
            steps.refund(order_id)
    assert (world.payment(order_id), world.net_charge()) == (recorded, kept)
    SimulatedGateway().restore(str(world.intents()[0]["id"]))
    steps.refund(order_id)
    assert (world.payment(order_id), undone(order_id), world.net_charge()) == ("REFUNDED", ("refunded", charged), 0)


@pytest.mark.parametrize(
    ("call", "changes"),
    [
        ("refund", {"charged": 0, "refunded": 0}),  # our books say that it has charged
        ("refund", {"refunded": PRICE - 1}),
        ("refund", {"charged": PRICE + 1}),
        ("refund", {"status": IntentStatus.PROCESSING}),
        ("refund", {"status": IntentStatus.CANCELED}),
        ("refund", {"currency": "EUR"}),
        ("cancel", {"status": IntentStatus.CANCELED, "refunded": 0}),
        ("cancel", {"status": IntentStatus.CANCELED, "charged": 0, "refunded": 0}),
    ],
    ids=str,
)
def test_a_charge_is_not_undone_before_the_books_agree(
    monkeypatch: pytest.MonkeyPatch, call: str, changes: dict[str, Any]
) -> None:
    order_id = steps.cancelling()
    with answering(monkeypatch, call, **changes), pytest.raises(AmountDiffers):
        steps.refund(order_id)
    steps.refund(order_id)
    assert (undone(order_id), world.net_charge()) == (("refunded", PRICE), 0)


FORGOTTEN: dict[str, dict[str, Any]] = {
    "cancel": {"status": IntentStatus.CANCELED, "charged": 0, "refunded": 0},
    "refund": {"charged": 0, "refunded": 0},
}


@pytest.mark.parametrize("call", FORGOTTEN)
@pytest.mark.parametrize("told", [{"charged": 1}, {"status": IntentStatus.DECLINED}], ids=str)
def test_a_refused_payment_is_not_undone_while_the_gateway_forgets_what_it_said_it_charged(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, Any], call: str
) -> None:
    with answering(monkeypatch, "confirm", **told):
        order_id = cancelled_after_trying_to_pay("pm_ok", AmountDiffers)
    with answering(monkeypatch, call, **FORGOTTEN[call]), pytest.raises(AmountDiffers):
        steps.refund(order_id)
    assert world.payment(order_id) == "DECLINED"
    steps.refund(order_id)
    assert (undone(order_id), world.net_charge()) == (("refunded", PRICE), 0)


def test_a_charge_whose_response_was_lost_is_what_the_gateway_says_when_asked_to_cancel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = cancelled_after_trying_to_pay("pm_slow")
    with answering(monkeypatch, "refund", **FORGOTTEN["refund"]), pytest.raises(AmountDiffers):
        steps.refund(order_id)
    steps.refund(order_id)
    assert (undone(order_id), world.net_charge()) == (("refunded", PRICE), 0)


@pytest.mark.parametrize(
    "changes", [{"status": IntentStatus.PROCESSING}, {"currency": "EUR"}, {"status": IntentStatus.CREATED}], ids=str
)
def test_a_refused_payment_is_given_back_by_a_payment_that_succeeded_in_its_currency(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    order_id = cancelled_after_trying_to_pay("pm_wrong_amount", AmountDiffers)
    with answering(monkeypatch, "refund", refunded=1, **changes), pytest.raises(AmountDiffers):
        steps.refund(order_id)
    assert "PaymentRefunded" not in world.events(order_id)


def test_a_charge_on_record_without_an_outcome_is_older_and_counts_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    row = world.event_row(order_id, "PaymentCharged")
    world.put("EVENTS", {name: value for name, value in row.items() if name not in PROVENANCE})
    with answering(monkeypatch, "refund", **FORGOTTEN["refund"]), pytest.raises(AmountDiffers):
        steps.refund(order_id)
    steps.refund(order_id)
    assert undone(order_id) == ("refunded", PRICE)


def test_an_intent_in_the_wrong_currency_is_voided_although_it_was_never_confirmed() -> None:
    order_id = cancelled_after_trying_to_pay("pm_wrong_currency", AmountDiffers)
    steps.refund(order_id)
    (intent,) = world.intents()
    assert (undone(order_id), intent["status"], world.net_charge()) == (("voided", 0), "canceled", 0)


@pytest.mark.parametrize("meanwhile", [{}, {"status": "processing", "settlesAt": 0}], ids=["at once", "later"])
def test_an_intent_that_charges_before_it_is_confirmed_is_refunded(
    monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, Any]
) -> None:
    class Hasty(SimulatedGateway):
        def create_intent(self, **asked: Any) -> Intent:
            created = super().create_intent(**asked)
            (row,) = world.intents()
            world.put("GATEWAY_LEDGER", {**row, "status": "succeeded", "taken": 1, **meanwhile})
            status = IntentStatus(meanwhile.get("status", "succeeded"))
            return replace(created, status=status, charged=1)

    with monkeypatch.context() as patch:
        patch.setattr("payment.app.gateway", Hasty)
        order_id = cancelled_after_trying_to_pay("pm_ok", AmountDiffers)
    steps.refund(order_id)
    assert (undone(order_id)[0], world.net_charge(), world.intents()[0]["refunded"] > 0) == ("refunded", 0, True)


def test_a_charge_in_the_wrong_currency_is_undone_when_it_is_given_back_in_that_currency(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with answering(monkeypatch, "confirm", currency="EUR"):
        order_id = cancelled_after_trying_to_pay("pm_ok", AmountDiffers)
    with pytest.raises(AmountDiffers):
        steps.refund(order_id)  # in USD
    with answering(monkeypatch, "refund", currency="EUR"):
        steps.refund(order_id)
    assert undone(order_id) == ("refunded", PRICE)


def test_a_free_order_is_undone_without_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.PRICES, "monitor", 0)
    world.stock_up()
    order_id = steps.cancelling()
    monkeypatch.delattr("payment.app.gateway")
    steps.refund(order_id)
    assert (undone(order_id), world.payment(order_id)) == (("nothing to undo", 0), "VOIDED")


def test_only_what_waiting_cannot_help_is_final() -> None:
    assert tuple(REFUND.final) == (RefundRefused, AmountDiffers)
    assert not issubclass(StillPending, tuple(REFUND.final))


@pytest.mark.parametrize(("token", "settled"), [("pm_processing", "refunded"), ("pm_late_decline", "voided")])
def test_a_payment_that_is_processing_is_undone_once_it_has_settled(
    still: StoppedClock, token: str, settled: str
) -> None:
    order_id = cancelled_after_trying_to_pay(token, StillPending)
    with pytest.raises(StillPending, match="the payment is processing"):
        steps.refund(order_id)
    still.advance(3 * SECOND)
    steps.refund(order_id)
    assert (undone(order_id)[0], world.net_charge()) == (settled, 0)


@pytest.mark.parametrize("token", ["pm_flaky", "pm_unavailable", "pm_slow", "pm_refund_flaky"])
def test_a_confirmation_that_passed_the_guard_before_the_refund_charges_nothing(token: str) -> None:
    order_id = cancelled_after_trying_to_pay(token)
    steps.ten_times(steps.refund, order_id)
    for _ in range(5):
        with suppress(TransientError):
            SimulatedGateway().confirm(str(world.intents()[0]["id"]), key=f"{order_id}-confirm")
    assert steps.ten_times(steps.process, order_id) == {"SagaCancelled"}
    assert world.net_charge() == 0
