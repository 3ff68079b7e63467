"""The real state machine with the real handlers, along every path of an order without faults."""

import json
from collections.abc import Callable

import pytest

from payment.simulated import SimulatedGateway
from payment.test_tokens import TEST_TOKENS
from sagakit import clock, decision, guard, parking
from sagakit.decision import Reason
from sagakit.step import Outcome
from sagas import ORDER
from tests.support import world
from tests.support.asl import Invoke, Json
from tests.support.execution import COMPENSATION, FORWARD, GIVEN_UP, HAPPY, UNDONE, execute
from tests.support.lambdas import invoke
from tests.support.template import tasks

pytestmark = pytest.mark.usefixtures("world")

PRICE = 2 * world.PRICES["monitor"]


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Invoke]:
    """Return a factory of functions that take so many milliseconds per call."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)

    def taking(milliseconds: int) -> Invoke:
        def call(function: str, payload: Json) -> Json:
            nonlocal now
            now += milliseconds
            return invoke(function, payload)

        return call

    return taking


# --- Both outcomes -------------------------------------------------------------------------------------------------


def test_an_order_without_errors_is_confirmed_after_every_step() -> None:
    order_id = world.placed()
    outcome = execute(order_id)
    assert (outcome.status, outcome.path) == ("SUCCEEDED", HAPPY)
    assert outcome.output == {"orderId": order_id, "status": "CONFIRMED"}
    assert (world.status(order_id), world.available(), world.net_charge()) == ("CONFIRMED", world.STOCK - 2, PRICE)
    done = [event for step in ORDER.forward for event, kind in step.events.items() if kind is not Outcome.REFUSED]
    assert done[:3] == ["InventoryReserved", "PaymentIntentRecorded", "PaymentCharged"]
    assert world.events(order_id) == ["OrderPlaced", *done, "OrderConfirmed"]


def test_a_declined_payment_undoes_everything_and_is_the_reason() -> None:
    order_id = world.placed("pm_declined")
    outcome = execute(order_id)
    assert (outcome.status, outcome.error, outcome.cause) == ("FAILED", "PaymentDeclined", "card_declined")
    assert outcome.path == ["ReserveInventory", "ProcessPayment", *UNDONE]
    assert (world.status(order_id), world.available(), world.net_charge()) == ("FAILED", world.STOCK, 0)
    attempted = ["OrderPlaced", "InventoryReserved", "PaymentIntentRecorded", "PaymentDeclined"]
    assert world.events(order_id) == [*attempted, "OrderCancelling", *ORDER.undone_by, "OrderFailed"]


def test_missing_stock_ends_the_order_before_any_payment() -> None:
    order_id = world.placed(quantity=world.STOCK + 1)
    outcome = execute(order_id)
    assert (outcome.error, outcome.cause) == ("InsufficientStock", "monitor: 101 wanted, 100 available")
    assert outcome.path == ["ReserveInventory", *UNDONE]
    assert (world.status(order_id), world.available(), world.rows("GATEWAY_LEDGER")) == ("FAILED", world.STOCK, [])


def test_a_function_receives_only_the_order_id_and_any_error() -> None:
    payloads: dict[str, Json] = {}

    def recording(function: str, payload: Json) -> Json:
        payloads[function] = payload
        return invoke(function, payload)

    order_id = world.placed("pm_declined")
    execute(order_id, recording)
    error, failures = payloads["CancelOrderFunction"].pop("error"), payloads["FailOrderFunction"].pop("failures")
    assert set(map(json.dumps, payloads.values())) == {json.dumps({"orderId": order_id})}
    assert (error["Error"], json.loads(error["Cause"])["errorMessage"]) == ("PaymentDeclined", "card_declined")
    assert failures == {}


# --- Every payment token, end to end -------------------------------------------------------------------------------

CONFIRMED = ("CONFIRMED", "", PRICE, world.STOCK - 2)
TOKENS = {
    "pm_ok": CONFIRMED,
    "pm_declined": ("FAILED", "PaymentDeclined", 0, world.STOCK),
    "pm_insufficient_funds": ("FAILED", "PaymentDeclined", 0, world.STOCK),
    "pm_flaky": CONFIRMED,
    "pm_unavailable": ("FAILED", "TransientError", 0, world.STOCK),
    "pm_slow": CONFIRMED,
    "pm_processing": CONFIRMED,
    "pm_late_decline": ("FAILED", "PaymentDeclined", 0, world.STOCK),
    "pm_refund_flaky": ("FAILED", "TransientError", 0, world.STOCK),
    "pm_refund_down": ("CANCELLING", "CompensationIncomplete", PRICE, world.STOCK),
    "pm_unknown": ("FAILED", "PaymentDeclined", 0, world.STOCK),
}


def test_every_test_token_is_covered() -> None:
    assert TOKENS.keys() - {"pm_unknown"} == TEST_TOKENS.keys()


@pytest.mark.parametrize("token", TOKENS)
def test_each_test_token_leads_to_its_outcome(ticking: Callable[[int], Invoke], token: str) -> None:
    order_id = world.placed(token)
    outcome = execute(order_id, ticking(1_000))
    assert (world.status(order_id), outcome.error, world.net_charge(), world.available()) == TOKENS[token]
    assert (outcome.status == "SUCCEEDED") == (world.status(order_id) == "CONFIRMED")


@pytest.mark.parametrize("token", ["pm_processing", "pm_late_decline"])
def test_a_payment_that_settles_after_the_cancellation_costs_nothing(
    ticking: Callable[[int], Invoke], token: str
) -> None:
    order_id = world.placed(token)
    outcome = execute(order_id, ticking(400))
    assert outcome.calls.count("RefundPaymentFunction") > 1
    assert (outcome.error, world.status(order_id), world.net_charge()) == ("TransientError", "FAILED", 0)


def test_a_payment_that_never_settles_parks_the_order(ticking: Callable[[int], Invoke]) -> None:
    order_id = world.placed("pm_processing")
    outcome = execute(order_id, ticking(0))
    assert (outcome.path[-len(GIVEN_UP) :], outcome.error) == (GIVEN_UP, "CompensationIncomplete")
    assert guard.read(order_id)["parked"]["notUndone"] == ["PaymentRefunded"]


# --- Parking and resuming -----------------------------------------------------------------------------------------


def test_the_cause_of_an_incomplete_compensation_names_what_is_missing() -> None:
    outcome = execute(world.placed("pm_refund_down"))
    assert outcome.cause.startswith("CompensationIncomplete: ")
    assert "no PaymentRefunded on record" in outcome.cause


def test_an_order_that_is_resumed_after_the_outage_ends() -> None:
    order_id = world.placed("pm_refund_down")
    execute(order_id)
    SimulatedGateway().restore(world.intents()[0]["id"])
    parking.resume(order_id, {"reason": "the gateway is restored"})
    outcome = execute(order_id)
    assert (outcome.path[-len(UNDONE) :], outcome.error) == (UNDONE, "TransientError")
    assert (world.status(order_id), world.net_charge(), world.available()) == ("FAILED", 0, world.STOCK)


def test_an_order_that_is_resumed_too_early_is_parked_again() -> None:
    order_id = world.placed("pm_refund_down")
    for _ in range(2):
        execute(order_id)
        parking.resume(order_id, {"reason": "hope"})
    assert execute(order_id).error == "CompensationIncomplete"
    assert [event for event in world.events(order_id) if "Parked" in event] == [f"OrderParked#{n}" for n in (1, 2, 3)]
    assert "parked" in guard.read(order_id)


# --- Executions of orders that have changed ------------------------------------------------------------------------


def test_an_execution_of_a_cancelled_order_goes_straight_to_the_compensations() -> None:
    order_id = world.placed()
    decision.cancel(order_id, Reason("CustomerCancelled", "changed their mind"), starts_saga=True)
    outcome = execute(order_id)
    assert outcome.path == ["ReserveInventory", *UNDONE]
    assert (outcome.error, outcome.cause) == ("CustomerCancelled", "changed their mind")


def test_an_execution_of_an_unknown_order_writes_nothing_and_says_so() -> None:
    before = world.snapshot()
    outcome = execute("no-such-order")
    assert (outcome.path, outcome.error) == (
        ["ReserveInventory", "CancelOrder", "CompensationIncomplete"],
        GIVEN_UP[-1],
    )
    assert "UnknownSaga" in outcome.cause
    assert world.snapshot() == before


def test_only_one_of_two_orders_for_the_last_item_is_confirmed() -> None:
    world.stock_up(3)
    first, second = world.placed(), world.placed(customer="customer-2")
    assert (execute(first).status, execute(second).error) == ("SUCCEEDED", "InsufficientStock")
    assert (world.available(), world.net_charge()) == (1, PRICE)


def test_every_task_is_on_one_of_these_paths() -> None:
    assert {*FORWARD, *COMPENSATION} == tasks().keys()
