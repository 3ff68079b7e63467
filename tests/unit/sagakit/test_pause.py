"""Pausing: the saga's row says what waits and when it is tried next. Nothing else changes, and no event is recorded."""

import json
from collections.abc import Callable

import pytest

from sagakit import eventlog, guard, pausing, resuming
from sagakit.dynamodb import Item
from sagakit.errors import UnknownSaga
from sagakit.reason import Reason
from sagas import ORDER
from tests.support import meanwhile, metrics, steps, world
from tests.support.stopped_clock import MINUTE, SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("world")

LOST = Reason("ExecutionLost", "")


def paused(order_id: str) -> Item:
    return dict(guard.read(order_id)["paused"])


def try_again(order_id: str) -> None:
    resuming.recover(eventlog.history(order_id), guard.read(order_id), LOST)


def test_a_pause_says_what_waits_and_when_it_is_tried_next(
    still: StoppedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = world.placed()
    before = world.everything()
    row = guard.read(order_id)
    still.advance(MINUTE)
    cause = json.dumps({"errorType": "TransientError", "errorMessage": "the gateway answered 503" + "!" * 1_000})
    assert steps.pause(order_id, cause=cause) == {"orderId": order_id, "state": "ProcessPayment"}
    mark = {
        "state": "ProcessPayment",
        "reason": "TransientError",
        "cause": ("the gateway answered 503" + "!" * 1_000)[:500],
        "since": still.now,
        "attempts": 1,
        "nextAttemptAt": still.now + 10 * SECOND,
    }
    assert guard.read(order_id) == {**row, "paused": mark, "dueAt": still.now + 10 * SECOND}
    assert {**world.everything(), "SAGAS": before["SAGAS"]} == before
    written = capsys.readouterr().out
    assert [written.count(each) for each in ('"OrdersPaused":[1.0]', '"PauseAge":[0.0]')] == [1, 1]


def test_the_wait_doubles_with_each_attempt_up_to_five_minutes(still: StoppedClock) -> None:
    order_id, began, waits = world.placed(), still.now, list[int]()
    for attempts in range(1, 8):
        steps.pause(order_id)
        mark = paused(order_id)
        waits.append((mark["nextAttemptAt"] - still.now) // SECOND)
        assert (mark["attempts"], mark["since"]) == (attempts, began)
        still.now = mark["nextAttemptAt"]
        try_again(order_id)
    assert waits == [10, 20, 40, 80, 160, 300, 300]
    assert pausing.wait(1_000_000) == 300 * SECOND


def test_a_pause_for_another_state_begins_anew(still: StoppedClock) -> None:
    order_id = steps.paused(state="ReserveInventory")
    still.advance(MINUTE)
    try_again(order_id)
    steps.pause(order_id, "ProcessPayment")
    mark = paused(order_id)
    assert (mark["state"], mark["attempts"], mark["since"]) == ("ProcessPayment", 1, still.now)
    assert mark["nextAttemptAt"] == still.now + 10 * SECOND


def test_each_pause_publishes_how_long_the_order_has_waited_by_then(still: StoppedClock) -> None:
    order_id, ages = world.placed(), list[int]()

    def wait_again() -> None:
        for _ in range(4):
            steps.pause(order_id)
            still.now = paused(order_id)["nextAttemptAt"]
            try_again(order_id)
        steps.pause(order_id, "ConfirmOrder")

    for line in map(json.loads, metrics.lines(wait_again)):
        ages += line.get("PauseAge", [])
    assert ages == [0, 10 * SECOND, 30 * SECOND, 70 * SECOND, 0]


FORWARD = [*(step.state for step in ORDER.forward), "ConfirmOrder"]
BACKWARD = ["CancelOrder", *(each.state for each in ORDER.compensations), "FailOrder", ""]  # "": its execution broke


@pytest.mark.parametrize(
    ("state", "late"), [*((each, True) for each in FORWARD), *((each, False) for each in BACKWARD)]
)
@pytest.mark.parametrize("tried", [False, True], ids=["running", "tried again"])
def test_a_forward_step_that_gives_up_too_late_does_not_pause_an_order_that_is_cancelling(
    still: StoppedClock, state: str, *, late: bool, tried: bool
) -> None:
    order_id = steps.cancelling()
    if tried:
        steps.pause(order_id, "RefundPayment")
        still.now = paused(order_id)["nextAttemptAt"]
        try_again(order_id)
    before = world.everything()
    written = metrics.lines(lambda: pausing.pause(guard.read(order_id), state, LOST))
    assert (world.everything() == before, written == []) == (late, late)
    assert guard.is_paused(guard.read(order_id)) is not late


@pytest.mark.parametrize("state", ["ProcessPayment", "ConfirmOrder"])
def test_a_second_pause_changes_nothing(still: StoppedClock, capsys: pytest.CaptureFixture[str], state: str) -> None:
    order_id = steps.paused(state="ProcessPayment")
    before = world.everything()
    still.advance(5 * SECOND)
    steps.pause(order_id, state, "AnotherError")
    assert world.everything() == before
    written = capsys.readouterr().out
    # Each is written as a name and as a value. The age is told again, because the first call's answer may be lost.
    assert [written.count(each) for each in ("OrdersPaused", "PauseAge")] == [2, 4]
    assert '"PauseAge":[5000.0]' in written


@pytest.mark.parametrize("bring", [steps.confirmed, steps.failed, steps.parked])
def test_a_saga_that_has_ended_or_is_parked_is_not_paused(bring: Callable[[], str]) -> None:
    order_id = bring()
    before = world.everything()
    steps.pause(order_id)
    assert world.everything() == before


def test_an_unknown_saga_is_not_paused() -> None:
    with pytest.raises(UnknownSaga):
        steps.pause("no-such-order")
    assert world.rows("SAGAS") == []


@pytest.mark.parametrize(("bring", "state"), [(world.placed, "ProcessPayment"), (steps.cancelling, "RefundPayment")])
def test_the_sweeper_looks_at_the_saga_by_its_deadline_at_the_latest(
    still: StoppedClock, bring: Callable[[], str], state: str
) -> None:
    order_id = bring()
    deadline = guard.read(order_id)["deadlineAt"]
    still.now = deadline - 5 * SECOND
    steps.pause(order_id, state)
    assert guard.read(order_id)["dueAt"] == deadline


@pytest.mark.parametrize(
    ("bring", "state", "happens"),
    [
        (steps.paid, "ConfirmOrder", steps.confirm),
        (steps.paid, "ConfirmOrder", steps.cancel),
        (steps.paid, "ConfirmOrder", lambda order_id: steps.pause(order_id, "ReserveInventory")),
        (lambda: steps.before("FailOrder"), "FailOrder", steps.fail),
    ],
    ids=["confirmed", "cancelled", "paused", "failed"],
)
def test_a_pause_that_loses_a_race_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, bring: Callable[[], str], state: str, happens: Callable[[str], object]
) -> None:
    order_id, seen = bring(), list[object]()
    meanwhile.before(monkeypatch, "update_item", lambda: seen.extend([happens(order_id), world.everything()]))
    steps.pause(order_id, state)
    assert seen[1] == world.everything()


@pytest.mark.parametrize(
    ("bring", "ends"),
    [
        (steps.paid, steps.confirm),
        (steps.paid, steps.cancel),
        (lambda: steps.before("FailOrder"), steps.fail),
        (steps.cancelling, steps.give_up),
    ],
    ids=["confirmed", "cancelled", "failed", "parked"],
)
def test_another_status_ends_the_pause(bring: Callable[[], str], ends: Callable[[str], object]) -> None:
    order_id = steps.paused(bring)
    ends(order_id)
    assert "paused" not in guard.read(order_id)
