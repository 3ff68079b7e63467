"""Resuming a saga that is paused or parked starts a new execution with its own number; the status stays."""

from collections.abc import Callable
from typing import Any

import pytest

from sagakit import eventlog, guard, resuming
from sagakit.errors import AlreadyConfirmed, NotCancelling, NotWaiting, Overtaken, SagaCancelled, SagaError
from sagakit.event import Event
from sagakit.reason import Reason
from tests.support import meanwhile, steps, world
from tests.support.lambdas import Context, handler
from tests.support.stopped_clock import DAY, MINUTE, StoppedClock

pytestmark = pytest.mark.usefixtures("world")

WHY = "the gateway is available again"
SOON = MINUTE  # until the sweeper looks whether its execution has been started
LOST = Reason("ExecutionLost", "its execution must have ended by now")


def resume(order_id: str) -> Event:
    return resuming.resume(order_id, WHY)


def recover(order_id: str) -> Event:
    return resuming.recover(eventlog.history(order_id), guard.read(order_id), LOST)


def paused() -> str:
    return steps.paused(steps.paid, "ConfirmOrder")


def paused_while_cancelling() -> str:
    return steps.paused(steps.cancelling, "RefundPayment")


def about_to_fail() -> str:
    return steps.paused(lambda: steps.before("FailOrder"), "FailOrder")


def tried_again() -> str:
    order_id = paused()
    resume(order_id)
    return order_id


BY_OPERATOR: dict[str, Any] = {"by": "operator", "reason": WHY}
BY_RECOVERY: dict[str, Any] = {"by": "recovery", "reason": "TransientError"}


@pytest.mark.parametrize(
    ("act", "bring", "why", "state", "patience"),
    [
        (resume, paused, BY_OPERATOR, "ConfirmOrder", None),
        (resume, paused_while_cancelling, BY_OPERATOR, "RefundPayment", DAY),
        (resume, steps.parked, BY_OPERATOR, None, DAY),
        (recover, paused, BY_RECOVERY, "ConfirmOrder", None),
        (recover, paused_while_cancelling, BY_RECOVERY, "RefundPayment", None),
        (recover, steps.cancelling, {"by": "recovery", "reason": LOST.code}, None, None),
    ],
)
def test_a_resume_starts_an_execution_and_tells_what_waited(
    still: StoppedClock,
    act: Callable[[str], Event],
    bring: Callable[[], str],
    why: dict[str, Any],
    state: str | None,
    patience: int | None,
) -> None:
    order_id = bring()
    before, since = guard.read(order_id), still.now
    still.advance(MINUTE)
    resumed = act(order_id)
    waited = {"state": state, "since": since, "attempts": 1} if state else {}
    assert (resumed.id, resumed.detail) == (f"{order_id}-OrderResumed-1", {**waited, **why})
    assert (resumed.starts_saga, resumed.state, resumed.outcome) == (True, "", "resumed")
    row = guard.read(order_id)
    assert (row["status"], "open" in row, "parked" in row) == (before["status"], True, False)
    assert (row["updatedAt"], row["dueAt"], row["resumes"]) == (resumed.at, resumed.at + SOON, 1)
    assert row["deadlineAt"] == (resumed.at + patience if patience else before["deadlineAt"])
    trying = {name: value for name, value in before.get("paused", {}).items() if name != "nextAttemptAt"}
    assert row.get("paused", {}) == trying
    assert "byStatus" not in row


def test_a_resume_does_not_move_the_deadline_of_a_pending_order(still: StoppedClock) -> None:
    order_id = paused()
    deadline = guard.read(order_id)["deadlineAt"]
    still.now = deadline - MINUTE
    resume(order_id)
    assert (guard.read(order_id)["dueAt"], guard.read(order_id)["deadlineAt"]) == (deadline, deadline)


def test_the_function_records_the_reason_that_it_is_given_up_to_255_characters() -> None:
    order_id = steps.parked()
    answer = handler("ResumeOrderFunction")({"orderId": order_id, "reason": "r" * 300}, Context())
    assert answer == {"orderId": order_id, "event": "OrderResumed#1", "repeated": False}
    assert world.detail(order_id, "OrderResumed#1") == {"by": "operator", "reason": "r" * 255}


def test_each_resume_has_its_own_number_whoever_resumes_and_whatever_the_status() -> None:
    order_id = paused()
    resume(order_id)
    steps.pause(order_id)
    recover(order_id)
    steps.cancel(order_id)
    steps.give_up(order_id)
    resume(order_id)
    resumed = [event for event in world.events(order_id) if "Resumed" in event]
    assert resumed == ["OrderResumed#1", "OrderResumed#2", "OrderResumed#3"]
    assert guard.read(order_id)["resumes"] == 3


@pytest.mark.parametrize("bring", [world.placed, tried_again, steps.confirmed, steps.cancelling, steps.failed])
def test_a_saga_that_is_neither_paused_nor_parked_is_not_resumed(bring: Callable[[], str]) -> None:
    order_id = bring()
    before = world.everything()
    with pytest.raises(NotWaiting, match=f"the saga is {world.status(order_id)}, and neither paused nor parked"):
        resume(order_id)
    assert world.everything() == before


@pytest.mark.parametrize("first", [resume, recover])
@pytest.mark.parametrize("second", [resume, recover])
@pytest.mark.parametrize("bring", [paused, paused_while_cancelling])
def test_two_concurrent_resumes_take_effect_once(
    monkeypatch: pytest.MonkeyPatch,
    first: Callable[[str], Event],
    second: Callable[[str], Event],
    bring: Callable[[], str],
) -> None:
    order_id = bring()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: first(order_id))
    assert second(order_id).repeated
    assert sum("Resumed" in event for event in world.events(order_id)) == 1
    assert guard.read(order_id)["resumes"] == 1


def test_two_concurrent_resumes_of_a_parked_order_take_effect_once(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.parked()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: resume(order_id))
    assert resume(order_id).repeated
    assert sum("Resumed" in event for event in world.events(order_id)) == 1


@pytest.mark.parametrize(
    ("act", "bring", "happens", "error"),
    [
        *((act, paused, steps.confirm, AlreadyConfirmed) for act in (resume, recover)),
        *((act, paused, steps.cancel, SagaCancelled) for act in (resume, recover)),
        *((act, about_to_fail, steps.fail, NotCancelling) for act in (resume, recover)),
        (recover, paused_while_cancelling, steps.give_up, Overtaken),
    ],
)
def test_a_resume_after_another_decision_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
    still: StoppedClock,
    act: Callable[[str], Event],
    bring: Callable[[], str],
    happens: Callable[[str], object],
    error: type[SagaError],
) -> None:
    order_id, seen = bring(), list[object]()
    still.advance(MINUTE)
    meanwhile.before(monkeypatch, "transact_write_items", lambda: seen.extend([happens(order_id), world.everything()]))
    with pytest.raises(error):
        act(order_id)
    assert seen[1] == world.everything()
