"""Faults at every task: a short one is retried, a lasting one pauses the saga, and the next execution finishes it."""

from itertools import product
from typing import NamedTuple

import pytest

import sagas
from saga.reconcile.invariants import unfinished
from sagakit import guard
from sagakit.recovery.actions import RecoveryAction
from tests.support import world
from tests.support.asl import Invoke, Json, Outcome, run
from tests.support.execution import (
    COMPENSATION,
    FORWARD,
    GIVEN_UP,
    HAPPY,
    PAUSED,
    UNDONE,
    WAITING,
    execute,
    recovered,
)
from tests.support.faults import failing, retries
from tests.support.lambdas import invoke
from tests.support.stopped_clock import StoppedClock
from tests.support.template import definition, tasks

pytestmark = pytest.mark.usefixtures("world")

PRICE = 2 * world.PRICES["monitor"]
ORDER = {"orderId": "order-1"}
TASKS = [*FORWARD, *COMPENSATION]
LATE_REFUSAL = "SagaCancelled"  # at the confirmation, so that the order is paid and holds stock


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
    """Return functions that lead an order to this task: to reach a compensation, the confirmation must be refused."""
    return invoke if task in FORWARD else failing("ConfirmOrderFunction", LATE_REFUSAL)


def stubs(task: str) -> Invoke:
    """Return functions without effects that lead an order to this task."""

    def call(_function: str, payload: Json) -> Json:
        return {"orderId": payload["orderId"], "reason": "SomeError", "message": ""}

    if task == "PauseOrder":
        return failing(f"{FORWARD[0]}Function", "RuntimeError", inner=call)
    return call if task in FORWARD else failing("ConfirmOrderFunction", LATE_REFUSAL, 1, inner=call)


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
        assert (outcome.path, outcome.error, ended(order_id)) == ([*FORWARD, *UNDONE], LATE_REFUSAL, "FAILED")


@pytest.mark.parametrize("task", [*TASKS, "PauseOrder"])
def test_each_rule_counts_its_own_retries(task: str) -> None:
    rules = {rule["ErrorEquals"][-1]: rule["MaxAttempts"] for rule in tasks()[task]["Retry"] if rule["MaxAttempts"]}
    function, faulty = f"{task}Function", stubs(task)
    for error, attempts in rules.items():
        faulty = failing(function, "RuntimeError" if error == "States.ALL" else error, attempts, inner=faulty)
    outcome = run(definition(), ORDER, faulty)
    assert outcome.calls.count(function) == sum(rules.values()) + 1
    following = tasks()[task].get("Next")
    assert outcome.path[outcome.path.index(task) + 1 :][:1] == ([following] if following else [])


# --- Lasting faults ------------------------------------------------------------------------------------------------


class End(NamedTuple):
    """The end of an execution: its path, the order's status, and which state waits if the order is paused."""

    path: list[str]
    status: str
    waiting: str | None = None


BEFORE_THE_EFFECT = {
    **{task: End([*FORWARD[: FORWARD.index(task) + 1], *PAUSED], "PENDING", task) for task in FORWARD},
    "CancelOrder": End([*FORWARD, "CancelOrder", *PAUSED], "PENDING", "CancelOrder"),
    **{each.state: End([*FORWARD, *WAITING], "CANCELLING", each.state) for each in sagas.ORDER.compensations},
    "FailOrder": End([*FORWARD, *COMPENSATION, *PAUSED], "CANCELLING", "FailOrder"),
}
AFTER_THE_EFFECT = {
    **BEFORE_THE_EFFECT,
    "ConfirmOrder": End([*FORWARD, *PAUSED], "CONFIRMED"),
    "CancelOrder": End([*FORWARD, "CancelOrder", *PAUSED], "CANCELLING", "CancelOrder"),
    # On record, although the response was lost:
    **{each.state: End([*FORWARD, *UNDONE], "FAILED") for each in sagas.ORDER.compensations},
    "FailOrder": End([*FORWARD, *COMPENSATION, *PAUSED], "FAILED"),
}


def ended(order_id: str) -> str:
    """Return the status of an order that has ended; check its charge and its stock."""
    assert unfinished(world.everything()) == []
    confirmed = world.status(order_id) == "CONFIRMED"
    assert (world.net_charge(), world.available()) == ((PRICE, world.STOCK - 2) if confirmed else (0, world.STOCK))
    assert sum(intent["taken"] > 0 for intent in world.intents()) <= 1
    return world.status(order_id)


def end(task: str, fault: Fault) -> End:
    return (AFTER_THE_EFFECT if fault.after_effect else BEFORE_THE_EFFECT)[task]


@pytest.mark.parametrize(("task", "fault"), CASES)
def test_a_lasting_fault_pauses_the_order_and_the_next_execution_finishes_it(
    still: StoppedClock, task: str, fault: Fault
) -> None:
    order_id, outcome = executed(task, fault)
    expected = end(task, fault)
    assert outcome.calls.count(f"{task}Function") == retries(task, fault.error) + 1
    assert (outcome.path, outcome.status == "SUCCEEDED") == (expected.path, expected.path[-1] == "OrderPaused")
    row = guard.read(order_id)
    paused = row.get("paused", {})
    assert (row["status"], paused.get("state")) == (expected.status, expected.waiting)
    assert (paused.get("reason"), "parked" in row) == (fault.error if expected.waiting else None, False)
    if expected.waiting:
        assert recovered(order_id, still) is RecoveryAction.RESUME
        execute(order_id)
        assert world.detail(order_id, "OrderResumed#1")["state"] == task
    assert ended(order_id) == ("CONFIRMED" if expected.status in ("CONFIRMED", "PENDING") else "FAILED")


@pytest.mark.parametrize("task", TASKS)
def test_a_fault_that_outlasts_several_executions_is_waited_for_longer_each_time(
    still: StoppedClock, task: str
) -> None:
    order_id, began, waits = world.placed(), still.now, list[int]()
    for _ in range(4):
        execute(order_id, failing(f"{task}Function", "States.Timeout", inner=leading_to(task)))
        paused = guard.read(order_id)["paused"]
        assert (paused["state"], paused["since"], paused["attempts"]) == (task, began, len(waits) + 1)
        waits.append(paused["nextAttemptAt"] - still.now)
        recovered(order_id, still)
    assert waits == [10_000, 20_000, 40_000, 80_000]
    assert world.status(order_id) == ("CANCELLING" if task in COMPENSATION[1:] else "PENDING")
    execute(order_id)
    ended(order_id)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("after_effect", [False, True], ids=["before its effect", "after its effect"])
def test_if_the_pause_fails_too_the_order_is_resumed_a_few_minutes_later(
    still: StoppedClock, task: str, *, after_effect: bool
) -> None:
    order_id = world.placed()
    broken = failing(f"{task}Function", "States.Timeout", inner=leading_to(task))
    outcome = execute(order_id, failing("PauseOrderFunction", "RuntimeError", after_effect=after_effect, inner=broken))
    assert (outcome.path[-1], outcome.status) == ("OrderPaused", "SUCCEEDED")
    row = guard.read(order_id)
    is_paused = after_effect or task in [each.state for each in sagas.ORDER.compensations]
    assert ("paused" in row) == is_paused
    assert row["dueAt"] == still.now + (10_000 if is_paused else 60_000)
    actions = [*([] if is_paused else [RecoveryAction.START]), RecoveryAction.RESUME]
    assert [recovered(order_id, still) for _ in actions] == actions
    execute(order_id)
    ended(order_id)


# --- Compensations -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", COMPENSATION[1:-1])
@pytest.mark.parametrize("fault", ["transient", "unknown", "timeout"])
def test_a_compensation_that_fails_does_not_block_the_others_and_is_tried_again(
    still: StoppedClock, task: str, fault: str
) -> None:
    order_id, _ = executed(task, FAULTS[fault])
    others = [each.event for each in sagas.ORDER.compensations if each.state != task]
    assert set(others) <= set(world.events(order_id))
    assert guard.read(order_id)["paused"]["state"] == task
    recovered(order_id, still)
    outcome = execute(order_id)
    assert (outcome.path[-len(UNDONE) :], ended(order_id)) == (UNDONE, "FAILED")


def failing_both(refund: str, release: str) -> tuple[str, Outcome]:
    order_id = world.placed()
    inner = failing("ReleaseInventoryFunction", release, inner=leading_to("ReleaseInventory"))
    return order_id, execute(order_id, failing("RefundPaymentFunction", refund, inner=inner))


def test_an_order_with_two_failed_compensations_is_paused_for_the_first_and_both_are_tried_again(
    still: StoppedClock,
) -> None:
    order_id, outcome = failing_both("TransientError", "States.Timeout")
    assert (outcome.path, guard.read(order_id)["paused"]["state"]) == ([*FORWARD, *WAITING], "RefundPayment")
    recovered(order_id, still)
    execute(order_id)
    assert ended(order_id) == "FAILED"


@pytest.mark.parametrize(
    ("refund", "release", "waiting"),
    [
        ("RefundRefused", "States.Timeout", "ReleaseInventory"),
        ("States.Timeout", "ProductGone", "RefundPayment"),
        ("RefundRefused", "ProductGone", None),
    ],
)
def test_an_order_is_parked_at_once_only_if_every_missing_compensation_failed_for_good(
    refund: str, release: str, waiting: str | None
) -> None:
    order_id, outcome = failing_both(refund, release)
    row = guard.read(order_id)
    assert (row.get("paused", {}).get("state"), "parked" in row) == (waiting, waiting is None)
    assert outcome.path == [*FORWARD, *(WAITING if waiting else GIVEN_UP)]
    if not waiting:
        assert row["parked"]["failures"] == {"RefundPayment": refund, "ReleaseInventory": release}
        assert row["parked"]["notUndone"] == ["PaymentRefunded", "InventoryReleased"]
        assert (outcome.status, outcome.error) == ("FAILED", "CompensationIncomplete")


def test_the_reason_of_an_order_is_its_first_error(still: StoppedClock) -> None:
    order_id = world.placed("pm_declined")
    execute(order_id, failing("FailOrderFunction", "TransientError"))
    recovered(order_id, still)
    assert execute(order_id).error == "PaymentDeclined"
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
