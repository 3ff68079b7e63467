"""The sweeper of sagas starts what the stream left behind, and leaves alone what may still be running."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from sagakit import decision, eventlog, guard, resuming
from sagakit.dynamodb import Item
from sagakit.reason import Reason
from sagakit.recovery.actions import RecoveryAction, recover_if_needed
from sagakit.relay import starting
from tests.support import meanwhile, steps, stream, world
from tests.support.bus import Bus
from tests.support.lambdas import Context, handler
from tests.support.stopped_clock import MINUTE, SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("bus")

LEAVE, CANCEL, START, RESUME, PAUSE, PARK = RecoveryAction
EXECUTION = 6 * MINUTE  # the longest, and the grace after it


def answer(code: str) -> ClientError:
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(response, "StartExecution")


REFUSED, THROTTLED = answer("InvalidName"), answer("ThrottlingException")
LOST = EndpointConnectionError(endpoint_url="https://states")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception]:
    """Make executions of these orders fail to start, with these errors."""
    errors: dict[str, Exception] = {}
    start = starting.sfn.start_execution

    def start_execution(**request: Any) -> Any:
        failing = [error for order_id, error in errors.items() if request["name"].startswith(order_id)]
        if failing:
            raise failing[0]
        return start(**request)

    monkeypatch.setattr(starting.sfn, "start_execution", start_execution)
    return errors


def row(order_id: str) -> Item:
    return guard.read(order_id)


def later(still: StoppedClock, order_id: str) -> RecoveryAction:
    """Let time pass until the sweeper looks at the order, and return what it does."""
    still.now = row(order_id)["dueAt"]
    return recover_if_needed(order_id)


def cancelled() -> str:
    order_id = world.placed()
    decision.cancel(order_id, Reason("CustomerCancelled", "changed their mind"), starts_saga=True)
    return order_id


def resumed() -> str:
    order_id = steps.paused()
    resuming.resume(order_id, "hope")
    return order_id


# --- What has not begun --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bring", "event"),
    [(world.placed, "OrderPlaced"), (cancelled, "OrderCancelling"), (resumed, "OrderResumed#1")],
    ids=["placed", "cancelled", "resumed"],
)
def test_what_the_stream_left_behind_is_started_after_a_minute_once_and_not_published(
    still: StoppedClock, bus: Bus, bring: Callable[[], str], event: str
) -> None:
    order_id, began = bring(), still.now
    before, events = row(order_id), world.rows("EVENTS")
    assert later(still, order_id) is START
    assert still.now == began + MINUTE
    assert stream.executions() == {f"{order_id}-{event.replace('#', '-')}": {"orderId": order_id}}
    assert row(order_id) == {**before, "dueAt": still.now + EXECUTION, "started": event}
    assert (world.rows("EVENTS"), bus.taken, recover_if_needed(order_id)) == (events, [], LEAVE)


def test_an_execution_that_was_started_late_has_its_whole_time_and_is_then_resumed(still: StoppedClock) -> None:
    order_id = world.placed()
    still.advance(20 * MINUTE)  # nobody sweeps
    assert recover_if_needed(order_id) is START
    assert row(order_id)["dueAt"] == still.now + EXECUTION
    assert later(still, order_id) is RESUME
    assert world.detail(order_id, "OrderResumed#1") == {"by": "recovery", "reason": "ExecutionLost"}
    assert later(still, order_id) is START
    assert stream.executions().keys() == {f"{order_id}-OrderPlaced", f"{order_id}-OrderResumed-1"}


@pytest.mark.parametrize("given", ['{"orderId": "%s"}', "{}"], ids=["running", "ended"])
def test_an_execution_that_the_stream_has_started_is_resumed_when_it_must_have_ended(
    still: StoppedClock, given: str
) -> None:
    order_id, began = world.placed(), still.now
    execution = {"name": f"{order_id}-OrderPlaced", "input": given.replace("%s", order_id)}
    starting.sfn.start_execution(stateMachineArn=stream.machine(), **execution)
    assert later(still, order_id) is START
    assert later(still, order_id) is RESUME
    assert began + EXECUTION <= still.now <= began + EXECUTION + MINUTE
    assert len(stream.executions()) == 1


def test_an_order_is_looked_at_again_at_its_deadline_at_the_latest(still: StoppedClock) -> None:
    order_id = world.placed()
    deadline = row(order_id)["deadlineAt"]
    still.now = deadline - MINUTE
    assert recover_if_needed(order_id) is START
    assert row(order_id)["dueAt"] == deadline
    assert later(still, order_id) is CANCEL


# --- What has begun ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bring", "started"),
    [(steps.paid, "OrderPlaced"), (steps.cancelling, "OrderPlaced"), (steps.parked_and_resumed, "OrderResumed#1")],
)
def test_what_has_begun_is_not_started_but_resumed_when_its_execution_must_have_ended(
    still: StoppedClock, bring: Callable[[], str], started: str
) -> None:
    order_id = bring()
    events, ends = world.events(order_id), eventlog.history(order_id).last_start.at + EXECUTION
    assert later(still, order_id) is START
    assert (stream.executions(), world.events(order_id)) == ({}, events)
    assert (row(order_id)["started"], row(order_id)["dueAt"]) == (started, ends)
    assert later(still, order_id) is RESUME
    assert still.now == ends


def test_what_has_begun_is_resumed_at_once_if_its_execution_must_have_ended_when_the_sweeper_comes(
    still: StoppedClock,
) -> None:
    order_id = steps.paid()
    still.advance(EXECUTION)
    assert recover_if_needed(order_id) is RESUME


def test_an_order_that_its_execution_cancels_after_the_sweeper_has_looked_is_not_resumed_while_it_may_be_running(
    still: StoppedClock,
) -> None:
    order_id, began = steps.paid(), still.now
    assert later(still, order_id) is START
    still.advance(3 * MINUTE)
    steps.cancel(order_id)
    assert later(still, order_id) is RESUME
    assert still.now == began + EXECUTION


@pytest.mark.parametrize(("status", "action"), [("FAILED", PAUSE), ("TIMED_OUT", PAUSE), ("ABORTED", CANCEL)])
def test_an_order_that_is_due_and_whose_execution_broke_is_not_started(
    still: StoppedClock, status: str, action: RecoveryAction
) -> None:
    order_id = world.placed()
    still.now = row(order_id)["dueAt"]
    assert recover_if_needed(order_id, Reason("Broken"), status) is action
    assert stream.executions() == {}


# --- Failures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("passing", [THROTTLED, LOST], ids=["throttled", "lost"])
def test_an_outage_leaves_an_order_due_until_it_can_be_started(
    still: StoppedClock, broken: dict[str, Exception], passing: Exception
) -> None:
    order_id = world.placed()
    before, broken[order_id] = row(order_id), passing
    for _ in range(3):
        with pytest.raises(type(passing)):
            later(still, order_id)
        assert row(order_id) == before
    broken.clear()
    assert later(still, order_id) is START
    assert len(stream.executions()) == 1


def test_an_order_that_cannot_be_started_is_tried_again_less_and_less_often_by_new_executions(
    still: StoppedClock, broken: dict[str, Exception]
) -> None:
    order_id, waits = world.placed(), list[int]()
    broken[order_id] = REFUSED
    for attempts in (1, 2, 3):
        assert later(still, order_id) is START
        paused = row(order_id)["paused"]
        assert (paused["state"], paused["reason"], paused["attempts"]) == ("", "ClientError", attempts)
        assert "InvalidName" in paused["cause"]
        waits.append(row(order_id)["dueAt"] - still.now)
        assert later(still, order_id) is RESUME
    assert waits == [10 * SECOND, 20 * SECOND, 40 * SECOND]
    broken.clear()
    assert later(still, order_id) is START
    assert list(stream.executions()) == [f"{order_id}-OrderResumed-3"]


def test_an_order_that_can_never_be_started_is_cancelled_at_its_deadline(
    still: StoppedClock, broken: dict[str, Exception]
) -> None:
    order_id = world.placed()
    broken[order_id] = REFUSED
    later(still, order_id)
    still.now = row(order_id)["deadlineAt"]
    assert recover_if_needed(order_id) is CANCEL
    assert row(order_id)["reason"]["cause"] == "it waited too long; its execution waited: ClientError"


@pytest.mark.parametrize("error", [REFUSED, LOST], ids=["refused", "lost"])
def test_an_order_that_cannot_be_started_does_not_block_the_others(
    still: StoppedClock, broken: dict[str, Exception], error: Exception
) -> None:
    poison, good = world.placed(), world.placed()
    broken[poison] = error
    still.advance(MINUTE + 1)
    handler("SweepOrdersFunction")({}, Context(remaining_ms=55_000))
    assert list(stream.executions()) == [f"{good}-OrderPlaced"]


@pytest.mark.parametrize("happens", [steps.pause, steps.cancel], ids=["paused", "cancelled"])
def test_an_order_that_changes_while_it_is_started_keeps_the_change(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock, happens: Callable[[str], object]
) -> None:
    order_id, seen = world.placed(), list[Item]()

    def change() -> None:
        happens(order_id)
        seen.append(row(order_id))

    meanwhile.before(monkeypatch, "update_item", change)
    assert later(still, order_id) is START
    assert seen == [row(order_id)]
