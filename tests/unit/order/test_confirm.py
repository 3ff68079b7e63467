"""Confirming: the pivot, passed once, and only with every step on record."""

from __future__ import annotations

import pytest

from sagakit import clock, guard
from sagakit.errors import SagaCancelled, UnknownSaga
from sagas import ORDER
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")


def test_an_order_that_is_reserved_and_paid_is_confirmed_and_told() -> None:
    order_id = steps.paid()
    assert steps.confirm(order_id) == {"orderId": order_id, "event": "OrderConfirmed", "repeated": False}
    assert (world.status(order_id), world.events(order_id)[-1]) == ("CONFIRMED", "OrderConfirmed")


def test_a_confirmed_order_waits_for_nothing_any_more() -> None:
    order_id = steps.paid()
    assert guard.read(order_id).keys() >= {"open", "dueAt"}
    steps.confirm(order_id)
    assert not guard.read(order_id).keys() & {"open", "dueAt"}


def test_a_retry_finds_its_own_row_and_changes_nothing() -> None:
    order_id = steps.confirmed()
    before = world.everything()
    assert steps.confirm(order_id)["repeated"]
    assert world.everything() == before


@pytest.mark.parametrize("step", ORDER.confirmed_by)
def test_an_order_of_which_a_step_is_missing_is_not_confirmed(step: str) -> None:
    order_id = steps.paid()
    world.remove("EVENTS", orderId=order_id, eventType=step)
    with pytest.raises(LookupError, match=f"no {step} on record"):
        steps.confirm(order_id)
    assert world.status(order_id) == "PENDING"


def test_an_order_that_was_cancelled_is_not_confirmed() -> None:
    order_id = steps.cancelling()
    before = world.everything()
    with pytest.raises(SagaCancelled, match="the saga is CANCELLING"):
        steps.confirm(order_id)
    assert world.everything() == before


def test_a_cancellation_that_comes_first_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paid()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.cancel(order_id))
    with pytest.raises(SagaCancelled):
        steps.confirm(order_id)
    assert world.status(order_id) == "CANCELLING"


def test_a_twin_that_was_faster_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paid()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.confirm(order_id))
    assert steps.confirm(order_id)["repeated"]


def test_a_closed_door_comes_before_a_missing_step() -> None:
    order_id = steps.never_reserved()
    with pytest.raises(SagaCancelled):
        steps.confirm(order_id)


def test_ten_late_calls_for_a_failed_order_change_nothing() -> None:
    order_id = steps.failed()
    before = world.snapshot()
    assert steps.ten_times(steps.confirm, order_id) == {"SagaCancelled"}
    assert world.snapshot() == before


def test_an_order_that_does_not_exist_is_not_confirmed() -> None:
    with pytest.raises(UnknownSaga):
        steps.confirm("no-such-order")
    assert world.rows("SAGAS") == []


def test_a_row_without_a_status_is_a_defect_and_no_decision() -> None:
    world.put("SAGAS", {"orderId": "torn"})
    with pytest.raises(LookupError, match="the row of torn has no status"):
        steps.confirm("torn")


def test_the_events_time_does_not_go_backwards_with_this_machines_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paid()
    monkeypatch.setattr(clock, "now", lambda: 1)
    steps.confirm(order_id)
    assert world.events(order_id)[-1] == "OrderConfirmed"


def test_a_confirmation_is_counted_once_however_often_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    order_id = steps.paid()
    capsys.readouterr()
    steps.ten_times(steps.confirm, order_id)
    assert capsys.readouterr().out.count('"OrdersConfirmed":[1.0]') == 1
