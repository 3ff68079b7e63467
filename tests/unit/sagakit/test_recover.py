"""Recovery reads the saga first, and does only what it needs."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sagakit import decision, eventlog, guard, resuming
from sagakit.dynamodb import Item
from sagakit.errors import NotCancelling
from sagakit.event import Event
from sagakit.parking import park
from sagakit.reason import Reason
from sagakit.recovery.actions import RecoveryAction, next_action, recover_if_needed
from sagas import ORDER
from tests.support import meanwhile, steps, world
from tests.support.lambdas import Context, handler
from tests.support.stopped_clock import DAY, MINUTE, SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("bus")

LEAVE, CANCEL, START, RESUME, PAUSE, PARK = RecoveryAction
BROKEN = ("", "ABORTED", "FAILED", "TIMED_OUT")  # the status of an execution that broke, if recovery knows of one


def recover(order_id: str, status: str = "ABORTED", cause: str | None = None) -> str:
    name, given = f"{order_id}-OrderPlaced", json.dumps({"orderId": order_id})
    detail = {"status": status, "input": given, "name": name, "cause": cause}
    answer: dict[str, Any] = handler("RecoverOrderFunction")({"detail": detail}, Context())
    return str(answer["move"])


def row(order_id: str) -> Item:
    return guard.read(order_id)


def found(order_id: str, event_type: str) -> Event:
    event = eventlog.history(order_id).find(event_type)
    assert event, f"no {event_type} on record"
    return event


# --- The next action -----------------------------------------------------------------------------------------------

type Cases = dict[str, tuple[Item, tuple[RecoveryAction, ...]]]  # by situation: the row, and the action by BROKEN

NOW = 1_000_000
WAITING = {"paused": {"state": "RefundPayment", "nextAttemptAt": NOW + 1}}
TRYING = {"paused": {"state": "RefundPayment"}}
PENDING: Cases = {
    "running": ({}, (LEAVE, CANCEL, PAUSE, PAUSE)),
    "paused": (WAITING, (LEAVE, CANCEL, PAUSE, PAUSE)),
    "tried again": (TRYING, (LEAVE, CANCEL, PAUSE, PAUSE)),
    "due": ({"dueAt": NOW}, (RESUME, CANCEL, RESUME, RESUME)),
    "paused and due": ({**WAITING, "dueAt": NOW}, (RESUME, CANCEL, RESUME, RESUME)),
    "past its deadline": ({"dueAt": NOW, "deadlineAt": NOW}, (CANCEL,) * 4),
}
CANCELLING: Cases = {
    "running": ({}, (LEAVE, RESUME, PAUSE, PAUSE)),
    "paused": (WAITING, (LEAVE, PAUSE, PAUSE, PAUSE)),
    "tried again": (TRYING, (LEAVE, RESUME, PAUSE, PAUSE)),
    "due": ({"dueAt": NOW}, (RESUME,) * 4),
    "paused and due": ({**WAITING, "dueAt": NOW}, (RESUME,) * 4),
    "past its deadline": ({"dueAt": NOW, "deadlineAt": NOW}, (PARK,) * 4),
    "parked": ({"parked": {"at": 1}, "dueAt": NOW, "deadlineAt": NOW}, (LEAVE,) * 4),
}
ENDED: Cases = {"ended": ({"dueAt": NOW, "deadlineAt": NOW}, (LEAVE,) * 4)}
ACTIONS = [
    pytest.param({"status": status, **saga}, execution, action, id=f"{status} {situation} {execution}".rstrip())
    for status, cases in (("PENDING", PENDING), ("CANCELLING", CANCELLING), ("CONFIRMED", ENDED), ("FAILED", ENDED))
    for situation, (saga, actions) in cases.items()
    for execution, action in zip(BROKEN, actions, strict=True)
]


@pytest.mark.parametrize(("saga", "execution", "action"), ACTIONS)
def test_the_next_action_depends_on_the_row_and_on_how_the_execution_broke(
    saga: Item, execution: str, action: RecoveryAction
) -> None:
    assert next_action({"dueAt": NOW + 1, "deadlineAt": NOW + 1, "updatedAt": 0, **saga}, NOW, execution) is action


@pytest.mark.parametrize(("status", "action"), [("PENDING", CANCEL), ("CANCELLING", PARK)])
def test_a_row_from_before_deadlines_were_on_it_waits_as_long_as_compensations_may(
    status: str, action: RecoveryAction
) -> None:
    saga = {"status": status, "dueAt": NOW, "updatedAt": NOW}
    assert next_action(saga, NOW + DAY - 1) is RESUME
    assert next_action(saga, NOW + DAY) is action


# --- Broken executions ---------------------------------------------------------------------------------------------


def test_a_pending_order_whose_execution_is_aborted_is_cancelled_and_undone() -> None:
    order_id = world.placed()
    assert recover(order_id) == CANCEL
    cancelling = found(order_id, "OrderCancelling")
    assert (cancelling.state, cancelling.starts_saga, cancelling.detail["reason"]) == ("", True, "ExecutionAborted")


def test_a_cancelling_order_whose_execution_is_aborted_gets_another_one() -> None:
    order_id = steps.cancelling()
    assert recover(order_id) == RESUME
    assert found(order_id, "OrderResumed#1").starts_saga
    assert found(order_id, "OrderResumed#1").detail["reason"] == "ExecutionAborted"


@pytest.mark.parametrize("bring", [world.placed, steps.cancelling])
@pytest.mark.parametrize(("status", "reason"), [("FAILED", "ExecutionFailed"), ("TIMED_OUT", "ExecutionTimedOut")])
def test_an_order_whose_execution_failed_is_paused(
    still: StoppedClock, bring: Callable[[], str], status: str, reason: str
) -> None:
    order_id = bring()
    before = world.events(order_id)
    assert recover(order_id, status) == PAUSE
    mark = row(order_id)["paused"]
    assert (mark["state"], mark["reason"], mark["cause"]) == ("", reason, f"{order_id}-OrderPlaced")
    assert row(order_id)["dueAt"] == mark["nextAttemptAt"] == still.now + 10 * SECOND
    assert world.events(order_id) == before


@pytest.mark.parametrize(
    ("cause", "kept"),
    [
        ("x" * 10_000, "x" * 500),
        (json.dumps({"errorType": "E", "errorMessage": "out of memory", "stackTrace": []}), "out of memory"),
        ("{", "{"),
    ],
    ids=["long", "of a function", "no JSON"],
)
@pytest.mark.parametrize(("status", "where"), [("FAILED", "paused"), ("ABORTED", "reason")])
def test_what_a_broken_execution_says_is_cut_to_what_people_can_read(
    status: str, where: str, cause: str, kept: str
) -> None:
    order_id = world.placed()
    recover(order_id, status, cause)
    assert row(order_id)[where]["cause"] == kept


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT"])
def test_an_execution_that_fails_after_the_deadline_is_not_why_the_order_is_cancelled(
    still: StoppedClock, status: str
) -> None:
    order_id = world.placed()
    still.now = row(order_id)["deadlineAt"]
    assert recover(order_id, status) == CANCEL
    assert row(order_id)["reason"]["reason"] == "DeadlinePassed"


@pytest.mark.parametrize("status", ["ABORTED", "FAILED", "TIMED_OUT"])
def test_orders_that_have_ended_or_are_parked_are_left_alone(status: str) -> None:
    ended = [steps.confirmed(), steps.failed(), steps.parked()]
    before = world.everything()
    assert {recover(order_id, status) for order_id in ended} == {LEAVE}
    assert world.everything() == before


# --- Orders that are due -------------------------------------------------------------------------------------------


def later(still: StoppedClock, order_id: str) -> RecoveryAction:
    """Let time pass until the sweeper looks at the order, and return what it does."""
    still.now = row(order_id)["dueAt"]
    return recover_if_needed(order_id)


@pytest.mark.parametrize("bring", [world.placed, steps.cancelling])
def test_a_paused_order_is_left_until_its_next_attempt_is_due(still: StoppedClock, bring: Callable[[], str]) -> None:
    order_id = steps.paused(bring)
    still.advance(9_999)
    assert recover_if_needed(order_id) is LEAVE
    still.advance(1)
    assert recover_if_needed(order_id) is RESUME
    assert "OrderResumed#1" in world.events(order_id)


@pytest.mark.parametrize(
    ("wait", "before", "cause"),
    [
        (lambda _: None, START, "it waited too long"),
        (steps.pause, RESUME, "it waited too long; ProcessPayment waited: TransientError"),
        (
            lambda order_id: recover(order_id, "FAILED"),
            RESUME,
            "it waited too long; its execution waited: ExecutionFailed",
        ),
    ],
    ids=["running", "paused", "its execution failed"],
)
def test_a_pending_order_is_cancelled_at_its_deadline_and_the_reason_tells_what_waited(
    still: StoppedClock, wait: Callable[[str], object], before: RecoveryAction, cause: str
) -> None:
    order_id = world.placed()
    wait(order_id)
    still.now = row(order_id)["deadlineAt"] - 1
    assert recover_if_needed(order_id) is before
    still.advance(1)
    assert recover_if_needed(order_id) is CANCEL
    assert row(order_id)["reason"] == {"reason": "DeadlinePassed", "cause": cause}
    assert found(order_id, "OrderCancelling").starts_saga
    assert row(order_id)["deadlineAt"] == still.now + DAY


@pytest.mark.parametrize(
    ("wait", "failures"),
    [
        (lambda _: None, {"recovery": "DeadlinePassed"}),
        (lambda order_id: steps.pause(order_id, "RefundPayment"), {"RefundPayment": "TransientError"}),
        (lambda order_id: recover(order_id, "FAILED"), {"recovery": "ExecutionFailed"}),
    ],
    ids=["running", "paused", "its execution failed"],
)
def test_a_cancelling_order_is_parked_when_patience_is_over(
    still: StoppedClock, wait: Callable[[str], object], failures: dict[str, str]
) -> None:
    order_id = steps.cancelling()
    wait(order_id)
    still.now = row(order_id)["deadlineAt"] - 1
    assert recover_if_needed(order_id) is RESUME
    still.advance(1)
    assert recover_if_needed(order_id) is PARK
    assert row(order_id)["parked"]["notUndone"] == list(ORDER.undone_by)
    assert row(order_id)["parked"]["failures"] == failures
    assert not {"open", "dueAt", "deadlineAt", "paused"} & row(order_id).keys()


# --- Races ---------------------------------------------------------------------------------------------------------


def test_an_order_that_its_dying_execution_cancels_meanwhile_is_still_undone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = steps.paid()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.cancel(order_id))
    recover(order_id)
    assert not found(order_id, "OrderCancelling").starts_saga
    assert found(order_id, "OrderResumed#1").starts_saga


def test_an_order_that_the_customer_cancels_meanwhile_is_undone_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = steps.paid()
    by_customer = Reason("CustomerCancelled", "too late")
    meanwhile.before(
        monkeypatch, "transact_write_items", lambda: decision.cancel(order_id, by_customer, starts_saga=True)
    )
    recover(order_id)
    assert [event.type for event in eventlog.history(order_id) if event.starts_saga] == [
        "OrderPlaced",
        "OrderCancelling",
    ]


@pytest.mark.parametrize(("status", "due"), [("ABORTED", False), ("", True)], ids=["aborted", "due"])
def test_an_order_that_is_confirmed_meanwhile_stays_confirmed(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock, status: str, *, due: bool
) -> None:
    order_id = steps.paid()
    still.advance(6 * MINUTE if due else 0)
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.confirm(order_id))
    assert recover_if_needed(order_id, Reason("Broken", ""), status) is LEAVE
    assert world.status(order_id) == "CONFIRMED"
    assert world.events(order_id)[-1] == "OrderConfirmed"


def test_an_order_that_is_parked_meanwhile_stays_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.give_up(order_id))
    assert recover(order_id) == LEAVE
    assert "parked" in row(order_id)


def test_an_execution_that_fails_while_it_tries_again_is_one_more_attempt_of_what_waited(still: StoppedClock) -> None:
    order_id = steps.paused(steps.cancelling, "RefundPayment")
    later(still, order_id)
    assert recover(order_id, "FAILED") == PAUSE
    mark = row(order_id)["paused"]
    assert (mark["state"], mark["reason"], mark["attempts"]) == ("RefundPayment", "ExecutionFailed", 2)


def test_an_order_that_an_operator_resumes_just_before_it_is_parked_is_not_parked(
    still: StoppedClock,
) -> None:
    order_id = steps.paused(steps.cancelling, "RefundPayment")
    history, read, failures = eventlog.history(order_id), row(order_id), {"RefundPayment": "TransientError"}
    resuming.resume(order_id, "it works again")
    still.advance(1)
    later_history = replace(history, events=(*history.events, found(order_id, "OrderResumed#1")))
    with pytest.raises(NotCancelling):
        park(later_history, read, failures)
    assert "parked" not in row(order_id)


def test_an_order_that_an_operator_resumes_at_its_deadline_is_not_parked(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock
) -> None:
    order_id = steps.paused(steps.cancelling, "RefundPayment")
    still.now = row(order_id)["deadlineAt"]
    meanwhile.before(monkeypatch, "transact_write_items", lambda: resuming.resume(order_id, "it works again"))
    assert recover_if_needed(order_id) is LEAVE
    assert (world.events(order_id)[-1], "parked" in row(order_id)) == ("OrderResumed#1", False)
    assert row(order_id)["deadlineAt"] == still.now + DAY


def test_two_concurrent_recoveries_start_one_execution() -> None:
    order_id = steps.cancelling()
    order, history, why = row(order_id), eventlog.history(order_id), Reason("ExecutionAborted", "")
    assert not resuming.recover(history, order, why).repeated
    assert resuming.recover(history, order, why).repeated
    assert row(order_id)["resumes"] == 1
