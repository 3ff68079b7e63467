"""Faults at every task: a short one is retried, a lasting one ends the task, and neither loses anything."""

from itertools import product
from typing import NamedTuple

import pytest

import sagas
from saga.reconcile.invariants import unfinished
from sagakit import guard
from tests.support import world
from tests.support.asl import Invoke, Json, Outcome, run
from tests.support.execution import COMPENSATION, FORWARD, GIVEN_UP, HAPPY, UNDONE, execute
from tests.support.faults import failing, retries
from tests.support.lambdas import invoke
from tests.support.template import definition, tasks

pytestmark = pytest.mark.usefixtures("world")

PRICE = 2 * world.PRICES["monitor"]
ORDER = {"orderId": "order-1"}
TASKS = [*FORWARD, *COMPENSATION]
LATE_FAILURE = "RuntimeError"  # at the confirmation, so that the order is paid and holds stock


class Fault(NamedTuple):
    """An error, raised before the function's effect or after it."""

    error: str
    after_effect: bool


FAULTS = {
    "transient": Fault("TransientError", after_effect=False),
    "unknown": Fault("RuntimeError", after_effect=False),
    "timeout": Fault("States.Timeout", after_effect=False),
    "lost response": Fault("States.Timeout", after_effect=True),
}
CASES = [pytest.param(task, fault, id=f"{task}-{name}") for task, (name, fault) in product(TASKS, FAULTS.items())]


def leading_to(task: str) -> Invoke:
    """Return functions that lead an order to this task: to reach a compensation, the confirmation must fail."""
    return invoke if task in FORWARD else failing("ConfirmOrderFunction", LATE_FAILURE)


def stubs(task: str) -> Invoke:
    """Return functions without effects that lead an order to this task."""

    def call(_function: str, payload: Json) -> Json:
        return {"orderId": payload["orderId"], "reason": "SomeError", "cause": ""}

    return call if task in FORWARD else failing("ConfirmOrderFunction", LATE_FAILURE, inner=call)


def executed(task: str, fault: Fault, times: int | None = None) -> tuple[str, Outcome]:
    """Execute an order's saga while a task has a fault, a few times or for ever."""
    order_id = world.placed()
    limit = {} if times is None else {"times": times}
    function = f"{task}Function"
    invoke = failing(function, fault.error, after_effect=fault.after_effect, inner=leading_to(task), **limit)
    return order_id, execute(order_id, invoke)


# --- Short faults --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("task", "fault"), CASES)
def test_a_fault_that_passes_within_the_retries_does_not_change_the_outcome(task: str, fault: Fault) -> None:
    times = retries(task, fault.error)
    order_id, outcome = executed(task, fault, times)
    assert outcome.calls.count(f"{task}Function") == times + 1
    if task in FORWARD:
        assert (outcome.path, outcome.status, ended(order_id)) == (HAPPY, "SUCCEEDED", "CONFIRMED")
    else:
        assert (outcome.path, outcome.error, ended(order_id)) == ([*FORWARD, *UNDONE], LATE_FAILURE, "FAILED")


@pytest.mark.parametrize("task", TASKS)
def test_retries_of_different_errors_are_counted_separately(task: str) -> None:
    transient, unknown = retries(task, "TransientError"), retries(task, "RuntimeError")
    function = f"{task}Function"
    inner = failing(function, "RuntimeError", unknown, inner=stubs(task))
    outcome = run(definition(), ORDER, failing(function, "TransientError", transient, inner=inner))
    assert outcome.calls.count(function) == transient + unknown + 1


# --- Lasting faults ------------------------------------------------------------------------------------------------


class End(NamedTuple):
    """The end of an execution: its path, the order's status, and the missing compensations if it is parked."""

    path: list[str]
    status: str
    parked: list[str] | None = None


NO_DECISION = [*FORWARD, "CancelOrder", "CompensationIncomplete"]
INCOMPLETE = [*FORWARD, *GIVEN_UP]

STUCK = {each.state: [each.event] for each in sagas.ORDER.compensations}  # by state: what is missing if it fails

BEFORE_THE_EFFECT = {
    **{task: End([*FORWARD[: FORWARD.index(task) + 1], *UNDONE], "FAILED") for task in FORWARD},
    **{task: End(INCOMPLETE, "CANCELLING", event) for task, event in STUCK.items()},
    "CancelOrder": End(NO_DECISION, "PENDING"),
    "FailOrder": End(INCOMPLETE, "CANCELLING"),
}
AFTER_THE_EFFECT = {
    **BEFORE_THE_EFFECT,
    **dict.fromkeys(STUCK, End([*FORWARD, *UNDONE], "FAILED")),  # on record, although the response was lost
    "ConfirmOrder": End([*FORWARD, "CancelOrder", "OrderConfirmed"], "CONFIRMED"),
    "CancelOrder": End(NO_DECISION, "CANCELLING"),
    "FailOrder": End(INCOMPLETE, "FAILED"),
}


def ended(order_id: str) -> str:
    """Return the status of an order that has ended; check its charge and its stock."""
    assert unfinished(world.everything()) == []
    confirmed = world.status(order_id) == "CONFIRMED"
    assert (world.net_charge(), world.available()) == ((PRICE, world.STOCK - 2) if confirmed else (0, world.STOCK))
    return world.status(order_id)


def end(task: str, fault: Fault) -> End:
    return (AFTER_THE_EFFECT if fault.after_effect else BEFORE_THE_EFFECT)[task]


def error_of(task: str, fault: Fault) -> str:
    """Return the error that the execution ends with."""
    by_last_state = {
        "OrderConfirmed": "",
        "OrderFailed": fault.error if task in FORWARD else LATE_FAILURE,
        "CompensationIncomplete": "CompensationIncomplete",
    }
    return by_last_state[end(task, fault).path[-1]]


@pytest.mark.parametrize(("task", "fault"), CASES)
def test_after_a_lasting_fault_another_execution_finishes_the_saga(task: str, fault: Fault) -> None:
    order_id, outcome = executed(task, fault)
    expected = end(task, fault)
    assert outcome.calls.count(f"{task}Function") == retries(task, fault.error) + 1
    assert (outcome.path, outcome.error) == (expected.path, error_of(task, fault))
    assert (outcome.status == "SUCCEEDED") == (expected.status == "CONFIRMED")
    row = guard.read(order_id)
    assert (row["status"], row.get("parked", {}).get("notUndone")) == (expected.status, expected.parked)
    execute(order_id)
    assert ended(order_id) == ("CONFIRMED" if expected.status in ("CONFIRMED", "PENDING") else "FAILED")


@pytest.mark.parametrize("task", COMPENSATION[1:-1])
@pytest.mark.parametrize("fault", ["transient", "unknown", "timeout"])
def test_a_compensation_that_fails_does_not_block_the_others(task: str, fault: str) -> None:
    order_id, outcome = executed(task, FAULTS[fault])
    others = [each for each in sagas.ORDER.undone_by if each not in STUCK[task]]
    parked = guard.read(order_id)["parked"]
    assert (parked["undone"], parked["failures"]) == (others, {task: FAULTS[fault].error})
    assert set(others) <= set(world.events(order_id))
    assert (outcome.status, outcome.error) == ("FAILED", "CompensationIncomplete")


def test_an_order_with_two_failed_compensations_is_parked_with_both() -> None:
    order_id = world.placed()
    inner = failing("ReleaseInventoryFunction", "States.Timeout", inner=leading_to("ReleaseInventory"))
    outcome = execute(order_id, failing("RefundPaymentFunction", "TransientError", inner=inner))
    parked = guard.read(order_id)["parked"]
    assert parked["notUndone"] == ["PaymentRefunded", "InventoryReleased"]
    assert parked["failures"] == {"RefundPayment": "TransientError", "ReleaseInventory": "States.Timeout"}
    assert outcome.path == INCOMPLETE


def test_the_reason_of_an_order_is_its_first_error() -> None:
    order_id = world.placed("pm_declined")
    execute(order_id, failing("FailOrderFunction", "TransientError"))
    assert guard.read(order_id)["reason"] == {"reason": "PaymentDeclined", "cause": "card_declined"}


# --- Refusals ------------------------------------------------------------------------------------------------------

REFUSALS = [
    (task, error)
    for task, state in tasks().items()
    for rule in state["Retry"]
    if not rule["MaxAttempts"]
    for error in rule["ErrorEquals"]
]


@pytest.mark.parametrize(("task", "error"), REFUSALS)
def test_a_refusal_is_not_retried(task: str, error: str) -> None:
    function = f"{task}Function"
    outcome = run(definition(), ORDER, failing(function, error, inner=stubs(task)))
    assert outcome.calls.count(function) == 1


def test_the_payment_waits_once_until_a_concurrent_duplicate_has_ended() -> None:
    order_id, outcome = executed("ProcessPayment", Fault("IdempotencyAlreadyInProgressError", after_effect=False), 1)
    assert (outcome.path, world.status(order_id)) == (HAPPY, "CONFIRMED")
    assert outcome.longest_delay > 4  # a function's timeout
