"""The contract of every payment gateway, and how the simulated one behaves for each test token."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

import payment.provider
from payment.domain import RefundRefused
from payment.port import Gateway, Intent, IntentStatus
from payment.simulated import SimulatedGateway
from payment.test_tokens import TEST_TOKENS
from sagakit import clock
from sagakit.errors import TransientError
from tests.support import meanwhile, world
from tests.support.gateways import CONTRACT
from tests.support.stopped_clock import MINUTE, StoppedClock

pytestmark = pytest.mark.usefixtures("world")

AMOUNT = 69_998


@pytest.fixture
def simulated() -> SimulatedGateway:
    return SimulatedGateway()


def create(gateway: Gateway, token: str = world.OK, *, amount: int = AMOUNT, currency: str = "USD") -> Intent:
    return gateway.create_intent(key="order-1-create", amount=amount, currency=currency, token=token)


def confirm(gateway: Gateway, intent: Intent) -> Intent:
    return gateway.confirm(intent.id, key="order-1-confirm")


def fail_to_confirm(gateway: Gateway, intent: Intent) -> None:
    with pytest.raises(TransientError):
        confirm(gateway, intent)


# --- The contract of every gateway ---------------------------------------------------------------------------------


def test_creating_an_intent_moves_no_money(gateway: Gateway) -> None:
    intent = create(gateway)
    assert (intent.status, intent.amount, intent.currency) == (IntentStatus.CREATED, AMOUNT, "USD")
    assert (intent.charged, world.net_charge()) == (0, 0)


def test_the_same_key_returns_the_same_intent(gateway: Gateway) -> None:
    assert create(gateway).id == create(gateway).id


def test_the_same_key_returns_the_intents_current_state(gateway: Gateway) -> None:
    confirm(gateway, create(gateway))
    assert create(gateway).status == IntentStatus.SUCCEEDED


def test_another_key_returns_another_intent(gateway: Gateway) -> None:
    other = gateway.create_intent(key="order-2-create", amount=AMOUNT, currency="USD", token=world.OK)
    assert other.id != create(gateway).id


@pytest.mark.parametrize(
    "other",
    [{"amount": AMOUNT + 1}, {"currency": "EUR"}, {"token": "pm_declined"}],
    ids=["amount", "currency", "token"],
)
def test_the_same_key_with_other_parameters_is_refused(gateway: Gateway, other: Any) -> None:
    create(gateway)
    with pytest.raises(ValueError, match="other parameters"):
        create(gateway, **other)


@pytest.mark.parametrize(
    ("token", "status", "code", "taken"),
    [("pm_ok", IntentStatus.SUCCEEDED, "", AMOUNT), ("pm_declined", IntentStatus.DECLINED, "card_declined", 0)],
)
def test_confirming_charges_or_declines_for_good(
    gateway: Gateway, token: str, status: IntentStatus, code: str, taken: int
) -> None:
    intent = create(gateway, token)
    confirmed = confirm(gateway, intent)
    assert (confirmed.status, confirmed.decline_code) == (status, code)
    assert (confirmed.charged, world.net_charge()) == (taken, taken)
    assert (confirm(gateway, intent), world.net_charge()) == (confirmed, taken)


def test_cancelling_voids_an_intent_for_good(gateway: Gateway) -> None:
    intent = create(gateway)
    for call in (gateway.cancel, gateway.cancel, lambda _: confirm(gateway, intent)):
        assert (call(intent.id).status, world.net_charge()) == (IntentStatus.CANCELED, 0)


@pytest.mark.parametrize(
    ("token", "status", "taken"),
    [
        ("pm_declined", IntentStatus.CANCELED, 0),
        ("pm_ok", IntentStatus.SUCCEEDED, AMOUNT),  # refused
        ("pm_processing", IntentStatus.PROCESSING, 0),  # refused
    ],
)
def test_cancelling_a_confirmed_intent_voids_only_a_decline(
    gateway: Gateway, token: str, status: IntentStatus, taken: int
) -> None:
    intent = create(gateway, token)
    confirm(gateway, intent)
    assert (gateway.cancel(intent.id).status, world.net_charge()) == (status, taken)


def test_a_refund_returns_the_whole_charge_once_and_for_good(gateway: Gateway) -> None:
    intent = create(gateway)
    confirm(gateway, intent)
    first = gateway.refund(intent.id)
    assert (first.charged, first.refunded, first.refund_pending, world.net_charge()) == (AMOUNT, AMOUNT, False, 0)
    assert (gateway.refund(intent.id), world.net_charge()) == (first, 0)
    confirm(gateway, intent)
    assert world.net_charge() == 0


@pytest.mark.parametrize("token", ["pm_ok", "pm_declined", "pm_processing"])
def test_without_a_charge_nothing_is_refunded(gateway: Gateway, token: str) -> None:
    intent = create(gateway, token)
    if token != "pm_ok":
        confirm(gateway, intent)
    assert gateway.refund(intent.id).refunded == 0
    assert world.net_charge() == 0


# --- Concurrent callers --------------------------------------------------------------------------------------------


def test_an_earlier_cancellation_wins_over_a_confirmation(
    simulated: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = create(simulated)
    meanwhile.before(monkeypatch, "update_item", lambda: simulated.cancel(intent.id), call=2)
    assert confirm(simulated, intent).status == IntentStatus.CANCELED
    assert world.net_charge() == 0


def test_an_earlier_confirmation_wins_over_a_cancellation(
    simulated: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = create(simulated)
    meanwhile.before(monkeypatch, "update_item", lambda: confirm(simulated, intent))
    assert simulated.cancel(intent.id).status == IntentStatus.SUCCEEDED


def test_two_concurrent_confirmations_charge_once(simulated: SimulatedGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    intent = create(simulated)
    meanwhile.before(monkeypatch, "update_item", lambda: confirm(simulated, intent), call=2)
    assert confirm(simulated, intent).status == IntentStatus.SUCCEEDED
    assert world.net_charge() == AMOUNT


def test_two_concurrent_creations_make_one_intent(simulated: SimulatedGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile.before(monkeypatch, "transact_write_items", lambda: create(simulated))
    with pytest.raises(TransientError, match="in use"):
        create(simulated)
    create(simulated)
    assert len(world.intents()) == 1


# --- Test tokens ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("pm_declined", "card_declined"),
        ("pm_insufficient_funds", "insufficient_funds"),
        ("pm_nobody_knows", "invalid_payment_method"),
    ],
)
def test_each_decline_has_its_code(simulated: SimulatedGateway, token: str, code: str) -> None:
    assert confirm(simulated, create(simulated, token)).decline_code == code


def test_pm_flaky_fails_twice_and_then_works(simulated: SimulatedGateway) -> None:
    intent = create(simulated, "pm_flaky")
    for _ in range(2):
        fail_to_confirm(simulated, intent)
    assert world.net_charge() == 0
    assert confirm(simulated, intent).status == IntentStatus.SUCCEEDED


def test_pm_unavailable_never_works_and_charges_nothing(simulated: SimulatedGateway) -> None:
    intent = create(simulated, "pm_unavailable")
    for _ in range(20):
        fail_to_confirm(simulated, intent)
    assert world.net_charge() == 0


def test_pm_slow_charges_but_responds_only_to_the_second_call(simulated: SimulatedGateway) -> None:
    intent = create(simulated, "pm_slow")
    fail_to_confirm(simulated, intent)
    assert world.net_charge() == AMOUNT
    assert confirm(simulated, intent).status == IntentStatus.SUCCEEDED
    assert world.net_charge() == AMOUNT


@pytest.mark.parametrize(
    ("token", "end"), [("pm_processing", IntentStatus.SUCCEEDED), ("pm_late_decline", IntentStatus.DECLINED)]
)
def test_a_processing_payment_settles_after_three_seconds(
    simulated: SimulatedGateway, monkeypatch: pytest.MonkeyPatch, token: str, end: IntentStatus
) -> None:
    monkeypatch.setattr(clock, "now", lambda: 10_000)
    intent = create(simulated, token)
    assert confirm(simulated, intent).status == IntentStatus.PROCESSING
    monkeypatch.setattr(clock, "now", lambda: 12_999)
    assert confirm(simulated, intent).status == IntentStatus.PROCESSING
    assert world.net_charge() == 0
    monkeypatch.setattr(clock, "now", lambda: 13_000)
    assert confirm(simulated, intent).status == end
    assert world.net_charge() == (AMOUNT if end is IntentStatus.SUCCEEDED else 0)


REFUND_TOKENS = [token for token in TEST_TOKENS if "refund" in token]


@pytest.mark.parametrize("token", REFUND_TOKENS)
def test_pm_refund_tokens_charge_but_never_confirm_it(simulated: SimulatedGateway, token: str) -> None:
    intent = create(simulated, token)
    for _ in range(5):
        fail_to_confirm(simulated, intent)
    assert world.net_charge() == AMOUNT


def test_pm_refund_flaky_refunds_at_the_third_call(simulated: SimulatedGateway) -> None:
    intent = create(simulated, "pm_refund_flaky")
    fail_to_confirm(simulated, intent)
    for _ in range(2):
        with pytest.raises(TransientError):
            simulated.refund(intent.id)
    assert world.net_charge() == AMOUNT
    assert simulated.refund(intent.id).refunded == AMOUNT


@pytest.mark.parametrize(
    ("token", "error", "cause"),
    [("pm_refund_down", TransientError, "503"), ("pm_refund_refused", RefundRefused, "charge_disputed")],
)
@pytest.mark.parametrize("kind", CONTRACT)
def test_some_tokens_refund_nothing_until_the_gateway_is_restored(
    simulated: SimulatedGateway, still: StoppedClock, token: str, error: type[Exception], cause: str, kind: str
) -> None:
    intent, gateway = create(simulated, token), CONTRACT[kind]()
    fail_to_confirm(simulated, intent)
    for _ in range(5):
        with pytest.raises(error, match=cause):
            gateway.refund(intent.id)
    assert world.net_charge() == AMOUNT
    simulated.restore(intent.id)
    still.advance(MINUTE)
    assert gateway.refund(intent.id).refunded == AMOUNT
    assert world.net_charge() == 0


@pytest.mark.parametrize(
    ("token", "charged", "refunded", "pending"),
    [
        ("pm_refund_pending", AMOUNT, 0, True),
        ("pm_partial_refund", AMOUNT, AMOUNT - 1, False),
        ("pm_wrong_amount", 1, 0, False),
    ],
)
def test_some_tokens_keep_money_until_the_gateway_is_restored(
    simulated: SimulatedGateway, token: str, charged: int, refunded: int, *, pending: bool
) -> None:
    intent = create(simulated, token)
    with suppress(TransientError):
        confirm(simulated, intent)
    for _ in range(3):
        told = simulated.refund(intent.id)
        assert (told.charged, told.refunded, told.refund_pending) == (charged, refunded, pending)
    simulated.restore(intent.id)
    told = simulated.refund(intent.id)
    assert (told.refunded, told.refund_pending, world.net_charge()) == (charged, False, 0)


def test_pm_wrong_amount_charges_a_cent(simulated: SimulatedGateway) -> None:
    confirmed = confirm(simulated, create(simulated, "pm_wrong_amount"))
    assert (confirmed.status, confirmed.amount, confirmed.charged) == (IntentStatus.SUCCEEDED, AMOUNT, 1)


def test_pm_wrong_currency_creates_an_intent_in_another_currency(simulated: SimulatedGateway) -> None:
    intent = create(simulated, "pm_wrong_currency")
    assert (intent.amount, intent.currency) == (AMOUNT, "XTS")
    assert create(simulated, "pm_wrong_currency") == intent


@pytest.mark.parametrize("token", TEST_TOKENS)
def test_a_cancelled_intent_can_never_be_confirmed_whatever_its_token(simulated: SimulatedGateway, token: str) -> None:
    intent = create(simulated, token)
    simulated.cancel(intent.id)
    results = {_result(simulated, intent) for _ in range(5)}
    assert results <= {IntentStatus.CANCELED, "TransientError"}
    assert world.net_charge() == 0


def _result(gateway: Gateway, intent: Intent) -> str:
    try:
        return confirm(gateway, intent).status
    except TransientError as error:
        return type(error).__name__


def test_a_gateway_that_is_down_answers_no_call_and_changes_nothing(
    simulated: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = create(simulated)
    before = world.everything()
    monkeypatch.setenv("GATEWAY_DOWN", "1")
    calls: list[Callable[[], Intent]] = [
        lambda: create(simulated),
        lambda: confirm(simulated, intent),
        lambda: simulated.cancel(intent.id),
        lambda: simulated.refund(intent.id),
    ]
    for call in calls:
        with pytest.raises(TransientError, match="503"):
            call()
    assert world.everything() == before
    monkeypatch.setenv("GATEWAY_DOWN", "")
    assert confirm(simulated, intent).status == IntentStatus.SUCCEEDED


def test_an_unknown_provider_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYMENT_PROVIDER", "piggy-bank")
    with pytest.raises(LookupError, match="piggy-bank"):
        payment.provider.gateway.__wrapped__()


@pytest.mark.parametrize("call", ["confirm", "cancel", "refund"])
def test_no_call_creates_an_unknown_intent(simulated: SimulatedGateway, call: str) -> None:
    arguments = {"key": "k"} if call == "confirm" else {}
    with pytest.raises(Exception, match=r"unknown intent|conditional request failed"):
        getattr(simulated, call)("pi_unknown", **arguments)
    assert world.rows("GATEWAY_LEDGER") == []
