"""Recovery reads the saga first, and does only what it needs."""

import json
from typing import Any

import pytest

from sagakit import clock, decision, eventlog, guard, parking
from sagakit.decision import Reason
from sagakit.dynamodb import Item
from sagakit.errors import TransientError
from sagakit.event import Event
from sagakit.recovery.actions import FIRST_WAIT, MAX_RECOVERIES, RecoveryAction, next_action, next_attempt_at
from sagas import ORDER
from tests.support import meanwhile, steps, world
from tests.support.lambdas import Context, handler

pytestmark = pytest.mark.usefixtures("world")


def recover(order_id: str, status: str = "ABORTED") -> str:
    detail = {"status": status, "input": json.dumps({"orderId": order_id}), "name": f"{order_id}-OrderPlaced"}
    answer: dict[str, Any] = handler("RecoverOrderFunction")({"detail": detail}, Context())
    return str(answer["move"])


def row(order_id: str) -> Item:
    return guard.read(order_id)


def found(order_id: str, event_type: str) -> Event:
    event = eventlog.history(order_id).find(event_type)
    assert event, f"no {event_type} on record"
    return event


def test_a_pending_order_is_cancelled_by_an_event_that_starts_its_compensations() -> None:
    order_id = world.placed()
    assert recover(order_id) == RecoveryAction.CANCEL
    cancelling = found(order_id, "OrderCancelling")
    assert (cancelling.state, cancelling.starts_saga, cancelling.detail["reason"]) == ("", True, "ExecutionAborted")


def test_a_cancelling_order_gets_a_numbered_execution_that_its_row_counts() -> None:
    order_id = steps.cancelling()
    assert recover(order_id) == RecoveryAction.RECOVER
    assert found(order_id, "OrderResumed#1").starts_saga
    assert (row(order_id)["resumes"], row(order_id)["recoveries"]) == (1, 1)


def test_a_second_recovery_waits_and_schedules_the_sweeper() -> None:
    order_id = steps.cancelling()
    recover(order_id)
    assert recover(order_id) == RecoveryAction.WAIT
    order = row(order_id)
    assert order["dueAt"] == order["resumedAt"] + FIRST_WAIT
    assert "OrderResumed#2" not in world.events(order_id)


def test_after_too_many_recoveries_the_order_is_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    for day in range(1, MAX_RECOVERIES + 1):
        monkeypatch.setattr(clock, "now", lambda day=day: day * 86_400_000 + 2_000_000_000_000)
        assert recover(order_id) == RecoveryAction.RECOVER
    assert recover(order_id) == RecoveryAction.PARK
    assert row(order_id)["parked"]["notUndone"] == list(ORDER.undone_by)


@pytest.mark.parametrize("status", ["ABORTED", "FAILED", "TIMED_OUT"])
def test_orders_that_have_ended_or_are_parked_are_left_alone(status: str) -> None:
    ended = [steps.confirmed(), steps.failed(), steps.parked()]
    before = world.everything()
    assert {recover(order_id, status) for order_id in ended} == {RecoveryAction.LEAVE}
    assert world.everything() == before


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


def test_an_order_that_is_confirmed_meanwhile_stays_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_id = steps.paid()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.confirm(order_id))
    assert recover(order_id) == RecoveryAction.LEAVE
    assert world.status(order_id) == "CONFIRMED"


def test_an_order_that_is_parked_meanwhile_stays_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.ten_times(steps.fail, order_id))
    with pytest.raises(TransientError, match="decided just now"):
        recover(order_id)
    assert recover(order_id) == RecoveryAction.LEAVE
    assert "parked" in row(order_id)


def test_two_concurrent_recoveries_start_one_execution() -> None:
    order_id = steps.cancelling()
    order, history = row(order_id), eventlog.history(order_id)
    assert not parking.recover(order, history, {}).repeated
    assert parking.recover(order, history, {}).repeated
    assert row(order_id)["resumes"] == 1


def test_pauses_double_up_to_15_minutes() -> None:
    order = {"status": "CANCELLING", "resumedAt": 0}
    pauses = [next_attempt_at({**order, "recoveries": recoveries}) for recoveries in (0, 1, 2, 3, 9)]
    assert pauses == [0, 30_000, 60_000, 120_000, 900_000]
    assert next_action({**order, "recoveries": 1}, 29_999) == RecoveryAction.WAIT
    assert next_action({**order, "recoveries": 1}, 30_000) == RecoveryAction.RECOVER
