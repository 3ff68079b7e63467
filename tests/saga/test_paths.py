"""The real state machine with the real handlers, along every path of an order without faults."""

import json

import pytest

from inventory.domain import InsufficientStock
from payment.domain import PaymentDeclined
from payment.simulated import SimulatedGateway
from payment.test_tokens import TEST_TOKENS, Behaviour
from sagakit import decision, guard, resuming
from sagakit.reason import Reason
from sagakit.recovery.actions import RecoveryAction, recover_if_needed
from sagakit.step import Outcome
from sagas import ORDER
from tests.support import world
from tests.support.asl import Invoke, Json
from tests.support.execution import COMPENSATION, FORWARD, GIVEN_UP, HAPPY, UNDONE, execute, executions
from tests.support.faults import failing
from tests.support.lambdas import invoke
from tests.support.lives import PRICE, TOKENS
from tests.support.stopped_clock import DAY, MINUTE, SECOND, StoppedClock
from tests.support.template import tasks

pytestmark = pytest.mark.usefixtures("world")

WHILE = 4 * MINUTE  # between two attempts, so that a test needs only a few


def ticking(still: StoppedClock, milliseconds: int) -> Invoke:
    """Return functions that take so many milliseconds per call."""

    def call(function: str, payload: Json) -> Json:
        still.advance(milliseconds)
        return invoke(function, payload)

    return call


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for ten minutes at most, forward and back."""
    monkeypatch.setenv("ORDER_DEADLINE_SECONDS", "600")
    monkeypatch.setenv("COMPENSATION_PATIENCE_SECONDS", "600")


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
    assert (outcome.status, outcome.error, outcome.cause) == ("FAILED", "PaymentDeclined", PaymentDeclined.says)
    assert outcome.path == ["ReserveInventory", "ProcessPayment", *UNDONE]
    assert (world.status(order_id), world.available(), world.net_charge()) == ("FAILED", world.STOCK, 0)
    attempted = ["OrderPlaced", "InventoryReserved", "PaymentIntentRecorded", "PaymentDeclined"]
    assert world.events(order_id) == [*attempted, "OrderCancelling", *ORDER.undone_by, "OrderFailed"]


def test_missing_stock_ends_the_order_before_any_payment() -> None:
    order_id = world.placed(quantity=world.STOCK + 1)
    outcome = execute(order_id)
    assert (outcome.error, outcome.cause) == ("InsufficientStock", InsufficientStock.says)
    assert outcome.path == ["ReserveInventory", *UNDONE]
    assert (world.status(order_id), world.available(), world.rows("GATEWAY_LEDGER")) == ("FAILED", world.STOCK, [])


def test_a_free_order_is_confirmed_without_a_call_to_the_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.PRICES, "monitor", 0)
    world.stock_up()
    monkeypatch.delattr("payment.app.gateway")
    order_id = world.placed("pm_declined")
    assert execute(order_id).path == HAPPY
    assert (world.status(order_id), world.available(), world.rows("GATEWAY_LEDGER")) == (
        "CONFIRMED",
        world.STOCK - 2,
        [],
    )


def test_a_free_order_that_is_cancelled_has_no_payment_to_undo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(world.PRICES, "monitor", 0)
    world.stock_up()
    monkeypatch.delattr("payment.app.gateway")
    order_id = world.placed()
    assert execute(order_id, failing("ConfirmOrderFunction", "SagaCancelled")).path[-1] == "OrderFailed"
    assert (world.status(order_id), world.available()) == ("FAILED", world.STOCK)
    assert world.detail(order_id, "PaymentRefunded")["outcome"] == "nothing to undo"


def payloads(order_id: str) -> dict[str, Json]:
    """Execute the order's saga and return the last payload of each function."""
    seen: dict[str, Json] = {}

    def recording(function: str, payload: Json) -> Json:
        seen[function] = payload
        return invoke(function, payload)

    execute(order_id, recording)
    return seen


def test_a_function_receives_only_the_order_id_and_any_error() -> None:
    order_id = world.placed("pm_declined")
    received = payloads(order_id)
    error, failures = received["CancelOrderFunction"].pop("error"), received["FailOrderFunction"].pop("failures")
    assert set(map(json.dumps, received.values())) == {json.dumps({"orderId": order_id})}
    assert (error["Error"], json.loads(error["Cause"])["errorMessage"]) == ("PaymentDeclined", "card_declined")
    assert failures == {}


def test_a_pause_receives_the_state_that_waits_and_its_error() -> None:
    order_id = world.placed("pm_unavailable")
    received = payloads(order_id)["PauseOrderFunction"]
    error = received.pop("error")
    assert received == {"orderId": order_id, "state": "ProcessPayment"}
    assert (error["Error"], json.loads(error["Cause"])["errorMessage"]) == (
        "TransientError",
        "the gateway answered 503",
    )


# --- Every payment token, end to end -------------------------------------------------------------------------------


def test_every_test_token_is_covered() -> None:
    assert TOKENS.keys() - {"pm_unknown"} == TEST_TOKENS.keys()


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.usefixtures("impatient")
def test_each_test_token_leads_to_its_outcome(still: StoppedClock, token: str) -> None:
    order_id, life = world.placed(token), TOKENS[token]
    first, *others = executions(order_id, still, ticking(still, SECOND), WHILE)
    row = guard.read(order_id)
    reason = row.get("reason", {}).get("reason", "")
    assert (first.path[-1], bool(others)) == (life.first, life.first == "OrderPaused")
    assert (row["status"], reason, world.net_charge(), world.available()) == life[1:]
    assert ("parked" in row) == (life.status == "CANCELLING")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("token", [token for token, life in TOKENS.items() if life.status == "CANCELLING"])
def test_a_parked_order_ends_without_a_charge_once_the_gateway_is_restored(still: StoppedClock, token: str) -> None:
    order_id = parked(still, token)
    SimulatedGateway().restore(str(world.intents()[0]["id"]))
    resuming.resume(order_id, "settled with the gateway")
    assert execute(order_id).path[-1] == "OrderFailed"
    assert (world.status(order_id), world.net_charge()) == ("FAILED", 0)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("token", "is_tried_again"),
    [
        ("pm_refund_refused", False),
        ("pm_partial_refund", False),
        ("pm_wrong_amount", False),
        ("pm_refund_down", True),
        ("pm_refund_pending", True),
    ],
)
def test_a_refund_is_tried_again_until_patience_is_over_unless_it_is_refused(
    still: StoppedClock, token: str, *, is_tried_again: bool
) -> None:
    order_id = world.placed(token)
    ends = [outcome.path[-1] for outcome in executions(order_id, still, every=WHILE) if "CancelOrder" in outcome.path]
    assert ends == (["OrderPaused"] * len(ends) if is_tried_again else ["CompensationIncomplete"])
    assert (len(ends) > 1, "parked" in guard.read(order_id)) == (is_tried_again, True)


# --- Payments that settle late -------------------------------------------------------------------------------------

SETTLED = {"3 seconds": 3 * SECOND, "3 minutes": 3 * MINUTE, "3 days": 3 * DAY}


@pytest.fixture(params=[pytest.param(after, id=name) for name, after in SETTLED.items()])
def settles_after(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let payments settle after a while, and orders wait for longer."""
    for token in ("pm_processing", "pm_late_decline"):
        monkeypatch.setitem(TEST_TOKENS, token, TEST_TOKENS[token]._replace(settles_after=request.param))
    monkeypatch.setenv("ORDER_DEADLINE_SECONDS", str(30 * DAY // SECOND))
    return int(request.param)


@pytest.mark.parametrize(("token", "end"), [("pm_processing", HAPPY[-1]), ("pm_late_decline", UNDONE[-1])])
def test_a_payment_that_settles_before_the_deadline_is_waited_for(
    still: StoppedClock, settles_after: int, token: str, end: str
) -> None:
    order_id, every = world.placed(token), settles_after // 10
    *waiting, last = executions(order_id, still, every=every)
    assert {outcome.path[-1] for outcome in waiting} == {"OrderPaused"}
    assert (last.path[-1], world.status(order_id)) == (end, "CONFIRMED" if end == HAPPY[-1] else "FAILED")
    assert world.net_charge() == (PRICE if end == HAPPY[-1] else 0)
    assert sum(event.startswith("OrderResumed#") for event in world.events(order_id)) == len(waiting)
    assert "paused" not in guard.read(order_id)


def test_the_execution_itself_waits_for_a_payment_that_settles_within_seconds(still: StoppedClock) -> None:
    order_id = world.placed("pm_processing")
    outcome = execute(order_id, ticking(still, SECOND))
    assert (outcome.path, outcome.calls.count("ProcessPaymentFunction")) == (HAPPY, 4)


@pytest.mark.parametrize("token", ["pm_processing", "pm_late_decline"])
def test_a_payment_that_settles_after_the_cancellation_costs_nothing(still: StoppedClock, token: str) -> None:
    order_id = world.placed(token)
    assert execute(order_id).path[-1] == "OrderPaused"
    decision.cancel(order_id, Reason("CustomerCancelled", "changed their mind"), starts_saga=True)
    waiting, last = executions(order_id, still)
    assert (waiting.path[-1], waiting.calls.count("RefundPaymentFunction")) == ("OrderPaused", 5)
    assert (last.error, world.status(order_id), world.net_charge()) == ("CustomerCancelled", "FAILED", 0)


@pytest.mark.usefixtures("impatient")
def test_a_payment_that_never_settles_parks_the_order(still: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TEST_TOKENS, "pm_processing", Behaviour(settles_after=DAY))
    order_id = world.placed("pm_processing")
    *_, last = executions(order_id, still, every=WHILE)
    row = guard.read(order_id)
    assert (row["reason"]["reason"], row["parked"]["notUndone"]) == ("DeadlinePassed", ["PaymentRefunded"])
    assert row["parked"]["failures"] == {"RefundPayment": "StillPending"}
    assert last.path[-1] == "OrderPaused"


# --- Parking and resuming -----------------------------------------------------------------------------------------


def parked(still: StoppedClock, token: str) -> str:
    """Run an order whose payment cannot be refunded until it is parked."""
    order_id = world.placed(token)
    list(executions(order_id, still, every=WHILE))
    assert "parked" in guard.read(order_id)
    return order_id


@pytest.mark.usefixtures("impatient")
def test_the_execution_of_an_order_that_is_parked_says_so_without_anything_internal(still: StoppedClock) -> None:
    order_id = world.placed("pm_refund_refused")
    *_, last = executions(order_id, still, every=WHILE)
    assert (last.path[-len(GIVEN_UP) :], last.error) == (GIVEN_UP, "CompensationIncomplete")
    assert last.cause == "It could not be undone, and is parked for an operator."


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("token", ["pm_refund_down", "pm_refund_refused"])
def test_an_order_that_is_resumed_after_the_outage_ends(still: StoppedClock, token: str) -> None:
    order_id = parked(still, token)
    SimulatedGateway().restore(world.intents()[0]["id"])
    still.advance(MINUTE)
    resuming.resume(order_id, "the gateway is restored")
    outcome = execute(order_id)
    assert (outcome.path[-len(UNDONE) :], outcome.error) == (UNDONE, "DeadlinePassed")
    assert (world.status(order_id), world.net_charge(), world.available()) == ("FAILED", 0, world.STOCK)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("token", ["pm_refund_down", "pm_refund_refused"])
def test_an_order_that_is_resumed_too_early_is_parked_again(still: StoppedClock, token: str) -> None:
    order_id = parked(still, token)
    for _ in range(2):
        resuming.resume(order_id, "hope")
        list(executions(order_id, still, every=WHILE))
    assert [event for event in world.events(order_id) if "Parked" in event] == [f"OrderParked#{n}" for n in (1, 2, 3)]
    assert "parked" in guard.read(order_id)


def test_an_operator_need_not_wait_for_the_next_attempt(still: StoppedClock) -> None:
    order_id = world.placed("pm_flaky")
    execute(order_id, failing("ProcessPaymentFunction", "TransientError"))
    resuming.resume(order_id, "the gateway has told us")
    assert execute(order_id).path == HAPPY
    still.advance(DAY)
    assert recover_if_needed(order_id) is RecoveryAction.LEAVE
    assert (world.status(order_id), world.net_charge()) == ("CONFIRMED", PRICE)


# --- Executions of orders that have changed ------------------------------------------------------------------------


def test_an_execution_of_a_cancelled_order_goes_straight_to_the_compensations() -> None:
    order_id = world.placed()
    decision.cancel(order_id, Reason("CustomerCancelled", "changed their mind"), starts_saga=True)
    outcome = execute(order_id)
    assert outcome.path == ["ReserveInventory", *UNDONE]
    assert (outcome.error, outcome.cause) == ("CustomerCancelled", "It was cancelled on request.")


def test_an_execution_of_an_unknown_order_writes_nothing_and_says_so() -> None:
    before = world.snapshot()
    outcome = execute("no-such-order")
    assert (outcome.path, outcome.error) == (["ReserveInventory", "PauseOrder", "OrderFailed"], "UnknownSaga")
    assert outcome.cause == "Nothing has this id."
    assert world.snapshot() == before


def test_only_one_of_two_orders_for_the_last_item_is_confirmed() -> None:
    world.stock_up(3)
    first, second = world.placed(), world.placed(customer="customer-2")
    assert (execute(first).status, execute(second).error) == ("SUCCEEDED", "InsufficientStock")
    assert (world.available(), world.net_charge()) == (1, PRICE)


def test_every_task_is_on_one_of_these_paths() -> None:
    assert {*FORWARD, *COMPENSATION, "PauseOrder"} == tasks().keys()
