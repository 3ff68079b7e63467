"""Concurrent executions: a duplicate execution, a cancellation, and a crash before every call of the saga."""

from collections.abc import Callable
from functools import partial
from itertools import count

import pytest

from sagakit import decision
from sagakit.reason import Reason
from sagakit.recovery.actions import RecoveryAction
from tests.support import steps, world
from tests.support.asl import Invoke, Json, Outcome
from tests.support.execution import COMPENSATION, FORWARD, HAPPY, PAUSED, UNDONE, execute, recovered
from tests.support.faults import failing
from tests.support.lambdas import invoke
from tests.support.meanwhile import Died, die
from tests.support.stopped_clock import StoppedClock

pytestmark = pytest.mark.usefixtures("world")

# By payment token: how many calls an undisturbed execution makes, and how its order ends.
CALLS = {
    "pm_ok": (len(FORWARD), "CONFIRMED"),
    "pm_declined": (2 + len(COMPENSATION), "FAILED"),
    "pm_slow": (len(FORWARD) + 1, "CONFIRMED"),
}
POINTS = [(token, n) for token, (calls, _) in CALLS.items() for n in range(calls)]
CANCELLED = Reason("CustomerCancelled", "changed their mind")


def interrupted(happens: Callable[[], object], before: int, inner: Invoke = invoke) -> Invoke:
    """Call `happens` before the n-th call of an execution, counted from 0."""
    calls = count()

    def call(function: str, payload: Json) -> Json:
        if next(calls) == before:
            happens()
        return inner(function, payload)

    return call


def net() -> tuple[int, int]:
    return world.net_charge(), world.STOCK - world.available()


def expected(status: str) -> tuple[int, int]:
    return (2 * world.PRICES["monitor"], 2) if status == "CONFIRMED" else (0, 0)


@pytest.mark.parametrize("token", CALLS)
def test_every_call_of_an_execution_is_covered(token: str) -> None:
    order_id = world.placed(token)
    calls, status = CALLS[token]
    assert (len(execute(order_id).calls), world.status(order_id)) == (calls, status)


@pytest.mark.parametrize(("token", "before"), POINTS)
def test_a_duplicate_that_runs_completely_in_between_does_not_change_the_outcome(token: str, before: int) -> None:
    order_id = world.placed(token)
    duplicates: list[Outcome] = []

    outcome = execute(order_id, interrupted(lambda: duplicates.append(execute(order_id)), before))
    _, status = CALLS[token]
    assert (world.status(order_id), net()) == (status, expected(status))
    assert [(each.status, each.error) for each in duplicates] == [(outcome.status, outcome.error)]


@pytest.mark.parametrize(("token", "before"), POINTS)
def test_the_next_execution_finishes_what_a_dead_one_left(token: str, before: int) -> None:
    order_id = world.placed(token)
    with pytest.raises(Died):
        execute(order_id, interrupted(die, before))
    execute(order_id)
    _, status = CALLS[token]
    assert (world.status(order_id), net()) == (status, expected(status))


@pytest.mark.parametrize("before", range(CALLS["pm_ok"][0]))
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "afterwards"])
def test_a_cancellation_at_any_point_is_final_unless_the_order_is_confirmed(*, before: int, at_once: bool) -> None:
    order_id = world.placed()

    def cancel() -> None:
        decision.cancel(order_id, CANCELLED, starts_saga=True)
        if at_once:
            execute(order_id)

    execute(order_id, interrupted(cancel, before))
    execute(order_id)
    assert (world.status(order_id), net()) == ("FAILED", (0, 0))


# --- A call that timed out, and takes effect long after its execution has paused the order ---------------------------


def timed_out(task: str) -> str:
    """Place an order, and pause it because a task timed out before its effect."""
    order_id = world.placed()
    assert execute(order_id, failing(f"{task}Function", "States.Timeout")).path[-len(PAUSED) :] == PAUSED
    return order_id


def waking_up(order_id: str, task: str, before: int) -> tuple[str, Outcome]:
    """Execute the saga while the late call takes effect before the n-th call; return what became of the late call."""
    woken: list[str] = []
    late = interrupted(lambda: woken.append(steps.outcome(partial(steps.call, task), order_id)), before)
    outcome = execute(order_id, late)
    (result,) = woken
    return result, outcome


@pytest.mark.parametrize("task", FORWARD)
@pytest.mark.parametrize("before", range(len(FORWARD)))
def test_a_call_that_wakes_up_in_the_next_execution_has_its_effect_once(task: str, before: int) -> None:
    order_id = timed_out(task)
    result, outcome = waking_up(order_id, task, before)
    assert outcome.path == HAPPY
    assert (world.status(order_id), net()) == ("CONFIRMED", expected("CONFIRMED"))
    assert result in world.events(order_id) or task == "ConfirmOrder"


@pytest.mark.parametrize("task", FORWARD)
def test_a_call_that_wakes_up_while_its_order_is_paused_has_its_effect_once(still: StoppedClock, task: str) -> None:
    order_id = timed_out(task)
    steps.call(task, order_id)
    if task != "ConfirmOrder":
        assert recovered(order_id, still) is RecoveryAction.RESUME
    assert execute(order_id).path == HAPPY
    assert (world.status(order_id), net()) == ("CONFIRMED", expected("CONFIRMED"))


@pytest.mark.parametrize("task", FORWARD)
@pytest.mark.parametrize("compensation", COMPENSATION)
def test_a_call_that_wakes_up_after_its_order_was_cancelled_does_no_harm(task: str, compensation: str) -> None:
    order_id = timed_out(task)
    decision.cancel(order_id, CANCELLED, starts_saga=True)
    before = FORWARD.index(task) + 1 + COMPENSATION.index(compensation)
    result, outcome = waking_up(order_id, task, before)
    assert (result, outcome.path[-len(UNDONE) :]) == ("SagaCancelled", UNDONE)
    assert (world.status(order_id), net()) == ("FAILED", expected("FAILED"))
