"""Returns: their real state machine with the real handlers. After they are accepted, they only go forward."""

import pytest

from payment.simulated import SimulatedGateway
from saga.reconcile.invariants import unfinished, violations
from sagakit import guard, resuming
from sagakit.dynamodb import Item
from sagakit.reason import Reason
from sagakit.recovery.actions import RecoveryAction, recover_if_needed
from tests.support import http, meanwhile, steps, world
from tests.support.asl import Invoke, Outcome, run
from tests.support.execution import recovered, watched
from tests.support.faults import failing
from tests.support.lambdas import invoke
from tests.support.stopped_clock import DAY, HOUR, SECOND, StoppedClock
from tests.support.template import definition

pytestmark = pytest.mark.usefixtures("world")

PRICE = world.PRICES["monitor"]
HAPPY = ["RefundReturn", "RestockInventory", "ConfirmReturn"]
PAUSED = ["PauseReturn", "ReturnPaused"]
PARKED = ["PauseReturn", "StepIncomplete"]


def accepted(token: str = world.OK) -> str:
    """Confirm an order of two monitors, and have the return of one accepted."""
    order_id = world.placed(token)
    for state in ("ReserveInventory", "ProcessPayment", "ConfirmOrder"):
        steps.call(state, order_id)
    return world.returned(order_id)


def execute(return_id: str, functions: Invoke = invoke) -> Outcome:
    """Execute a return's saga and check the invariants after every call."""
    return run(definition("return"), {"orderId": return_id}, watched(functions))


def restored(return_id: str, still: StoppedClock) -> str:
    """Restore the gateway, resume the return for an operator, and execute it; return the last state."""
    SimulatedGateway().restore(world.intents()[0]["id"])
    still.advance(10 * SECOND)
    resuming.resume(return_id, "settled with the gateway")
    return execute(return_id).path[-1]


def parked(return_id: str) -> Item:
    """Return why the return is parked."""
    row = guard.read(return_id)
    assert (row["status"], row["byStatus"].partition("#")[0], "open" in row) == ("PENDING", "PARKED", False)
    return dict(row["parked"])


def require_done(return_id: str) -> None:
    """Require that one monitor was refunded and is back in stock, once, and that nothing is left to do."""
    assert world.status(return_id) == "CONFIRMED"
    assert (world.net_charge(), world.available()) == (PRICE, world.STOCK - 1)
    (intent,) = world.intents()
    assert intent["parts"] == {return_id: PRICE}
    assert (violations(world.everything()), unfinished(world.everything())) == ([], [])


# --- Without faults ------------------------------------------------------------------------------------------------


def test_a_return_refunds_its_part_and_then_restocks() -> None:
    return_id = accepted()
    outcome = execute(return_id)
    assert (outcome.status, outcome.path) == ("SUCCEEDED", HAPPY)
    assert outcome.output == {"orderId": return_id, "status": "CONFIRMED"}
    require_done(return_id)
    assert world.events(return_id) == [
        *("ReturnAccepted", "ReturnRefundIntended", "ReturnRefunded", "InventoryRestocked"),
        "ReturnConfirmed",
    ]
    assert (world.payment(return_id), world.payment(guard.read(return_id)["returnOf"])) == ("REFUNDED", "CHARGED")


def test_two_returns_of_an_order_refund_all_of_it(still: StoppedClock) -> None:
    first = accepted()
    second = world.returned(guard.read(first)["returnOf"])
    functions = failing("RestockInventoryFunction", "TransientError")  # so that the second overtakes the first
    assert execute(first, functions).path[-1] == "ReturnPaused"
    assert execute(second).path == HAPPY
    assert recovered(first, still) is RecoveryAction.RESUME
    assert execute(first).path == HAPPY
    assert (world.net_charge(), world.available()) == (0, world.STOCK)
    assert world.intents()[0]["parts"] == {first: PRICE, second: PRICE}


# --- Faults --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("state", HAPPY)
def test_a_lasting_fault_pauses_the_return_and_the_next_execution_finishes_it(
    still: StoppedClock, state: str, *, after_effect: bool
) -> None:
    return_id = accepted()
    functions = failing(f"{state}Function", "States.Timeout", after_effect=after_effect)
    assert execute(return_id, functions).path == [*HAPPY[: HAPPY.index(state) + 1], *PAUSED]
    if guard.read(return_id)["status"] == "PENDING":
        assert guard.read(return_id)["paused"]["state"] == state
        assert recovered(return_id, still) is RecoveryAction.RESUME
        assert execute(return_id).path == HAPPY
    require_done(return_id)


def test_a_return_whose_pause_fails_too_is_resumed_later(still: StoppedClock) -> None:
    return_id = accepted()
    functions = failing("PauseReturnFunction", "TransientError", inner=failing("RefundReturnFunction", "KeyError"))
    assert execute(return_id, functions).path[-1] == "ReturnPaused"
    assert recovered(return_id, still) is RecoveryAction.START  # it has begun, so it may still be running
    assert recovered(return_id, still) is RecoveryAction.RESUME
    assert execute(return_id).path == HAPPY
    require_done(return_id)


def test_twins_refund_and_restock_once(monkeypatch: pytest.MonkeyPatch) -> None:
    return_id = accepted()

    for event in ("ReturnRefundIntended", "ReturnRefunded", "InventoryRestocked", "ReturnConfirmed"):
        meanwhile.before_recording(monkeypatch, event, lambda: execute(return_id))
    assert execute(return_id).path == HAPPY
    require_done(return_id)


def test_an_unknown_return_changes_nothing() -> None:
    before = world.snapshot()
    outcome = execute("no-such-return")
    assert (outcome.path, outcome.error) == (["RefundReturn", "PauseReturn", "ReturnFailed"], "UnknownSaga")
    assert world.snapshot() == before


# --- Each payment token --------------------------------------------------------------------------------------------


def test_a_flaky_refund_succeeds_within_the_execution() -> None:
    return_id = accepted("pm_return_flaky")
    outcome = execute(return_id)
    assert (outcome.path, outcome.calls.count("RefundReturnFunction")) == (HAPPY, 3)
    require_done(return_id)


@pytest.mark.parametrize(
    ("token", "error"), [("pm_return_down", "TransientError"), ("pm_return_pending", "StillPending")]
)
def test_a_refund_that_may_succeed_is_tried_again_until_patience_is_over(
    still: StoppedClock, token: str, error: str
) -> None:
    return_id, attempts = accepted(token), 0
    while guard.is_open(guard.read(return_id)):
        assert execute(return_id).path == ["RefundReturn", *PAUSED]
        attempts += 1
        assert recovered(return_id, still, 9 * HOUR) in {RecoveryAction.RESUME, RecoveryAction.PARK}
    assert attempts == 3
    assert parked(return_id)["failures"] == {"RefundReturn": error}
    assert restored(return_id, still) == "ConfirmReturn"
    require_done(return_id)


@pytest.mark.parametrize(
    ("token", "error"), [("pm_return_refused", "RefundRefused"), ("pm_return_partial", "AmountDiffers")]
)
def test_a_refund_that_waiting_cannot_help_parks_the_return_at_once(
    still: StoppedClock, token: str, error: str
) -> None:
    return_id = accepted(token)
    outcome = execute(return_id)
    assert (outcome.path, outcome.status, outcome.error) == (["RefundReturn", *PARKED], "FAILED", "StepIncomplete")
    assert outcome.cause == "A step failed for good, and the saga is parked for an operator."
    why = parked(return_id)
    assert (why["failures"], why["notDone"], why["done"]) == (
        {"RefundReturn": error},
        ["ReturnRefunded", "InventoryRestocked"],
        [],
    )
    assert recover_if_needed(return_id, Reason("ExecutionFailed"), "FAILED") is RecoveryAction.LEAVE
    assert restored(return_id, still) == "ConfirmReturn"
    require_done(return_id)


# --- Parking -------------------------------------------------------------------------------------------------------


def test_a_return_of_a_product_that_is_gone_is_parked_and_ends_once_the_product_is_back(still: StoppedClock) -> None:
    return_id, row = accepted(), world.product()
    world.remove("INVENTORY", productId="monitor")
    outcome = run(definition("return"), {"orderId": return_id}, invoke)
    assert outcome.path == ["RefundReturn", "RestockInventory", *PARKED]
    why = parked(return_id)
    assert (why["notDone"], why["done"]) == (["InventoryRestocked"], ["ReturnRefunded"])
    world.put("INVENTORY", row)
    still.advance(DAY)
    resuming.resume(return_id, "it is back")
    assert guard.read(return_id)["deadlineAt"] == still.now + DAY
    assert execute(return_id).path == HAPPY
    require_done(return_id)


def test_a_return_whose_execution_is_aborted_is_parked_and_not_cancelled() -> None:
    return_id = accepted()
    steps.call("RefundReturn", return_id)
    assert recover_if_needed(return_id, Reason("ExecutionAborted"), "ABORTED") is RecoveryAction.PARK
    mark = parked(return_id)
    assert (mark["done"], mark["failures"]) == (["ReturnRefunded"], {"recovery": "ExecutionAborted"})
    resuming.resume(return_id, "go on")
    assert execute(return_id).path == HAPPY
    require_done(return_id)


def test_a_parked_return_that_is_resumed_too_early_is_parked_again() -> None:
    return_id = accepted("pm_return_refused")
    for _ in range(2):
        assert execute(return_id).path[-1] == "StepIncomplete"
        resuming.resume(return_id, "hope")
    assert [event for event in world.events(return_id) if "Parked" in event] == ["ReturnParked#1", "ReturnParked#2"]


def lacking(name: str, item: Item) -> Item:
    return {each: value for each, value in item.items() if each != name}


@pytest.mark.parametrize("missing", ["currency", "well"])
def test_the_return_of_an_order_that_was_paid_before_this_was_recorded_is_confirmed(missing: str) -> None:
    return_id = accepted()
    charged = world.event_row(guard.read(return_id)["returnOf"], "PaymentCharged")
    world.put("EVENTS", {**charged, "detail": lacking(missing, charged["detail"])})
    for row in world.rows("GATEWAY_LEDGER"):
        world.put("GATEWAY_LEDGER", lacking(missing, row))
    assert execute(return_id).path == HAPPY


def test_a_return_is_never_cancelled(still: StoppedClock) -> None:
    return_id = accepted("pm_return_down")
    assert http.cancel(return_id).status == 404
    while guard.is_open(guard.read(return_id)):
        execute(return_id)
        recovered(return_id, still, DAY // 2)
    assert world.status(return_id) == "PENDING"
    assert not [event for event in world.events(return_id) if "Cancelling" in event]


def test_the_execution_of_a_return_that_has_ended_changes_nothing() -> None:
    return_id = accepted()
    execute(return_id)
    before = world.snapshot()
    assert execute(return_id).path == HAPPY
    assert world.snapshot() == before
