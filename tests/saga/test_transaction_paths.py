"""Transactions: the queues' real workers with the real handlers, along every path, and compared with orders."""

from typing import NamedTuple

import pytest

from payment.simulated import SimulatedGateway
from saga.reconcile.invariants import unfinished, violations
from sagakit import guard, resuming
from sagakit.recovery.actions import RecoveryAction, recover_if_needed
from tests.support import http, meanwhile, steps, world
from tests.support.lives import PRICE, TOKENS
from tests.support.queues import VISIBILITY, Queues
from tests.support.stopped_clock import MINUTE, SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("world")

WHILE = 6 * MINUTE  # between two attempts, so that a test needs only a few
PATH = ["StartTransaction", "ProcessPayment", "ReserveInventory", "ConfirmTransaction"]
BACK = ["CancelTransaction", "ReleaseInventory", "RefundPayment", "FailTransaction"]


class End(NamedTuple):
    """What is left of a saga: its status and reason, the events it is still missing, the charge and the stock."""

    status: str
    reason: str
    missing: tuple[str, ...]
    charged: int
    available: int


def end(saga_id: str) -> End:
    row = guard.read(saga_id)
    missing = tuple(row.get("parked", {}).get("notUndone", ()))
    return End(row["status"], row.get("reason", {}).get("reason", ""), missing, world.net_charge(), world.available())


def recover(saga_id: str, still: StoppedClock, after: int = 0) -> RecoveryAction:
    """Let time pass until the transaction is due, but at least so long; return what the sweeper does then."""
    still.now = max(still.now + after, guard.read(saga_id)["dueAt"])
    return recover_if_needed(saga_id)


def run(queues: Queues, saga_id: str, still: StoppedClock, every: int = WHILE) -> None:
    """Run the transaction, and again whenever recovery asks for that, until it has ended or is parked."""
    queues.execute(saga_id, still)
    while guard.is_open(guard.read(saga_id)):
        if recover(saga_id, still, every) in (RecoveryAction.CANCEL, RecoveryAction.RESUME):
            queues.start(saga_id)
        queues.run(still)
    assert (violations(world.everything()), unfinished(world.everything()), queues.dead) == ([], [], [])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for ten minutes at most, forward and back."""
    monkeypatch.setenv("TRANSACTION_DEADLINE_SECONDS", "600")
    monkeypatch.setenv("COMPENSATION_PATIENCE_SECONDS", "600")


# --- Both outcomes -------------------------------------------------------------------------------------------------


def test_a_transaction_without_errors_is_completed_after_every_step(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction()
    run(queues, saga_id, still)
    assert (queues.states, queues.delays) == (PATH, [])
    assert end(saga_id) == End("CONFIRMED", "", (), PRICE, world.STOCK - 2)
    assert world.events(saga_id) == [
        *("TransactionStarted", "PaymentIntentRecorded", "PaymentCharged", "InventoryReserved"),
        "TransactionConfirmed",
    ]
    assert http.get(f"/transactions/{saga_id}").body["status"] == "COMPLETED"


def test_missing_stock_gives_the_payment_back(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction(quantity=world.STOCK + 1)
    run(queues, saga_id, still)
    assert queues.states == [*PATH[:3], *BACK]
    assert end(saga_id) == End("FAILED", "InsufficientStock", (), 0, world.STOCK)
    assert world.detail(saga_id, "PaymentRefunded")["outcome"] == "refunded"


def test_a_declined_payment_takes_no_stock(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction("pm_declined")
    run(queues, saga_id, still)
    assert queues.states == [*PATH[:2], *BACK]
    assert end(saga_id) == End("FAILED", "PaymentDeclined", (), 0, world.STOCK)


def test_a_transaction_that_is_cancelled_before_it_has_begun_undoes_nothing(
    queues: Queues, still: StoppedClock
) -> None:
    saga_id = world.transaction()
    assert http.cancel(saga_id, kind="transaction").status == 202
    run(queues, saga_id, still)
    assert end(saga_id) == End("FAILED", "CustomerCancelled", (), 0, world.STOCK)
    assert world.intents() == []


@pytest.mark.parametrize("after", ["ProcessPayment", "ReserveInventory"])
def test_a_transaction_that_is_cancelled_in_between_is_undone(queues: Queues, still: StoppedClock, after: str) -> None:
    saga_id = world.transaction()
    queues.start(saga_id)
    for queue in ("transaction", "ProcessPayment", "ReserveInventory")[: PATH.index(after) + 1]:
        queues.deliver(queue)
    http.cancel(saga_id, kind="transaction")
    run(queues, saga_id, still)  # two runs at once: that of the start, and that of the cancellation
    assert end(saga_id) == End("FAILED", "CustomerCancelled", (), 0, world.STOCK)


def test_a_confirmed_transaction_can_no_longer_be_cancelled(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction()
    run(queues, saga_id, still)
    assert http.cancel(saga_id, kind="transaction").status == 409
    assert end(saga_id).status == "CONFIRMED"


# --- Outages -------------------------------------------------------------------------------------------------------


def test_a_transaction_is_paused_while_the_gateway_is_down_and_completed_afterwards(
    queues: Queues, still: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    saga_id = world.transaction()
    monkeypatch.setenv("GATEWAY_DOWN", "yes")
    for action in (RecoveryAction.RESUME, RecoveryAction.RESUME):
        queues.execute(saga_id, still)
        assert guard.read(saga_id)["paused"]["state"] == "ProcessPayment"
        assert recover(saga_id, still) is action
    monkeypatch.setenv("GATEWAY_DOWN", "")
    still.advance(10 * SECOND)  # the circuit's recovery
    queues.execute(saga_id, still)
    assert end(saga_id) == End("CONFIRMED", "", (), PRICE, world.STOCK - 2)
    assert [event for event in world.events(saga_id) if "Resumed" in event] == [
        "TransactionResumed#1",
        "TransactionResumed#2",
    ]


def test_a_transaction_whose_message_is_lost_is_resumed(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction()
    queues.start(saga_id)
    queues.deliver("transaction")
    queues.waiting.clear()
    assert recover(saga_id, still) is RecoveryAction.START  # which the queue drops: it has had this message
    assert recover(saga_id, still) is RecoveryAction.RESUME
    run(queues, saga_id, still)
    assert end(saga_id).status == "CONFIRMED"


def test_a_worker_that_dies_between_a_step_and_its_message_loses_nothing(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction()
    queues.start(saga_id)
    queues.deliver("transaction")
    queues.refuses, began = meanwhile.Died(), still.now
    with pytest.raises(meanwhile.Died):
        queues.deliver("ProcessPayment")
    queues.refuses = None
    queues.run(still)
    assert still.now == began + VISIBILITY
    assert end(saga_id) == End("CONFIRMED", "", (), PRICE, world.STOCK - 2)


@pytest.mark.usefixtures("impatient")
def test_a_transaction_at_its_deadline_is_cancelled_and_undone(queues: Queues, still: StoppedClock) -> None:
    saga_id = world.transaction("pm_unavailable")
    run(queues, saga_id, still)
    assert end(saga_id) == End("FAILED", "DeadlinePassed", (), 0, world.STOCK)


@pytest.mark.parametrize("token", ["pm_return_refused", "pm_return_down"])
@pytest.mark.usefixtures("impatient")
def test_a_transaction_whose_refund_is_impossible_is_parked_until_an_operator_resumes_it(
    queues: Queues, still: StoppedClock, token: str
) -> None:
    saga_id = world.transaction(token, quantity=world.STOCK + 1)
    run(queues, saga_id, still)
    charge = (world.STOCK + 1) * world.PRICES["monitor"]
    assert end(saga_id) == End("CANCELLING", "InsufficientStock", ("PaymentRefunded",), charge, world.STOCK)
    SimulatedGateway().restore(world.intents()[0]["id"])
    still.advance(10 * SECOND)
    resuming.resume(saga_id, "settled with the gateway")
    run(queues, saga_id, still)
    assert end(saga_id) == End("FAILED", "InsufficientStock", (), 0, world.STOCK)


# --- As orders ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.usefixtures("impatient")
def test_a_transaction_ends_as_an_order_with_the_same_payment_token(
    queues: Queues, still: StoppedClock, token: str
) -> None:
    life, saga_id = TOKENS[token], world.transaction(token)
    run(queues, saga_id, still)
    missing = ("PaymentRefunded",) if life.status == "CANCELLING" else ()
    assert end(saga_id) == End(life.status, life.reason, missing, *life[3:])


def test_orders_and_transactions_share_the_stock(queues: Queues, still: StoppedClock) -> None:
    steps.confirmed()
    run(queues, world.transaction(quantity=world.STOCK - 2), still)
    late = world.transaction(quantity=1)
    run(queues, late, still)
    assert (world.status(late), world.available()) == ("FAILED", 0)
