"""Failing: an order ends FAILED when all is undone, and is parked when something is not."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from sagakit import clock, eventlog, guard, parking
from sagakit.errors import CompensationIncomplete, NotCancelling, TransientError
from sagas import ORDER
from tests.support import meanwhile, steps, world

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("world")

UNDOING = {each.event: partial(steps.call, each.state) for each in ORDER.compensations}


def undone() -> str:
    """Bring an order to where everything is undone."""
    order_id = steps.cancelling()
    steps.undo(order_id)
    return order_id


def parked(without: str = "PaymentRefunded") -> str:
    """Bring an order to where one thing is not undone, and have it parked."""
    order_id = steps.cancelling()
    undo_all_but(without, order_id)
    refused(order_id)
    return order_id


def undo_all_but(one: str, order_id: str) -> None:
    for event, step in UNDOING.items():
        if event != one:
            step(order_id)


def refused(order_id: str, **failures: str) -> None:
    with pytest.raises(CompensationIncomplete):
        steps.fail(order_id, **failures)


def recovered(order_id: str) -> None:
    parking.recover(guard.read(order_id), eventlog.history(order_id), {"reason": "ExecutionAborted"})


def unmark(order_id: str) -> None:
    """Take the mark off the saga's row and open it again, as resuming does."""
    row = guard.read(order_id)
    mark = row.pop("parked")
    world.put("SAGAS", {**row, "open": "u#0", "dueAt": mark["at"] + 1_000})


def test_an_order_of_which_all_is_undone_has_failed_for_the_reason_it_was_cancelled() -> None:
    order_id = undone()
    reason = {"reason": "PaymentDeclined", "cause": "card_declined"}
    assert steps.fail(order_id) == {"orderId": order_id, "event": "OrderFailed", "repeated": False, **reason}
    event = eventlog.history(order_id).find("OrderFailed")
    assert event
    assert (world.status(order_id), event.detail) == ("FAILED", reason)
    assert tuple(event.rests_on) == ORDER.undone_by


def test_a_failed_order_waits_for_nothing_any_more() -> None:
    assert not guard.read(steps.failed()).keys() & {"open", "dueAt", "parked"}


def test_its_own_row_comes_before_a_missing_compensation() -> None:
    order_id = steps.failed()
    for event in UNDOING:
        world.remove("EVENTS", orderId=order_id, eventType=event)
    assert steps.fail(order_id)["repeated"]
    assert "parked" not in guard.read(order_id)


@pytest.mark.parametrize("missing", UNDOING)
def test_an_order_of_which_something_is_not_undone_is_parked(missing: str) -> None:
    order_id = steps.cancelling()
    undo_all_but(missing, order_id)
    with pytest.raises(CompensationIncomplete, match=f"^no {missing} on record$"):
        steps.fail(order_id, SomeTask="TransientError")
    mark = guard.read(order_id)["parked"]
    assert (mark["notUndone"], mark["undone"]) == ([missing], [each for each in ORDER.undone_by if each != missing])
    assert mark["failures"] == {"SomeTask": "TransientError"}
    event = eventlog.history(order_id).find("OrderParked#1")
    assert event
    assert {**event.detail, "at": event.at} == mark
    assert (event.state, event.outcome, event.error) == ("FailOrder", "parked", "CompensationIncomplete")


def test_an_order_of_which_nothing_is_undone_is_parked_with_everything_to_do() -> None:
    order_id = steps.cancelling()
    refused(order_id)
    assert guard.read(order_id)["parked"]["notUndone"] == list(ORDER.undone_by)


def test_a_parked_order_is_still_to_be_undone_but_no_longer_overdue() -> None:
    order_id = parked()
    row = guard.read(order_id)
    assert row["status"] == "CANCELLING"
    assert not row.keys() & {"open", "dueAt"}


def test_a_parked_order_is_not_parked_twice() -> None:
    order_id = parked()
    before = world.everything()
    refused(order_id, Another="Failure")
    assert world.everything() == before


def test_an_order_that_was_resumed_may_be_parked_again() -> None:
    order_id = parked()
    unmark(order_id)
    refused(order_id, RefundPayment="TransientError")
    assert [event for event in world.events(order_id) if "Parked" in event] == ["OrderParked#1", "OrderParked#2"]
    assert guard.read(order_id)["parked"]["failures"] == {"RefundPayment": "TransientError"}


@pytest.mark.parametrize("missing", UNDOING)
def test_a_parked_order_fails_as_soon_as_the_rest_is_undone(missing: str) -> None:
    order_id = parked(missing)
    UNDOING[missing](order_id)
    steps.fail(order_id)
    assert (world.status(order_id), "parked" in guard.read(order_id)) == ("FAILED", False)
    assert (world.net_charge(), world.available()) == (0, world.STOCK)


def test_a_twin_that_parked_it_meanwhile_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: refused(order_id), call=2)
    refused(order_id)
    assert [event for event in world.events(order_id) if "Parked" in event] == ["OrderParked#1"]


def test_an_order_that_ended_before_it_could_be_parked_is_not_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()

    def the_rest() -> None:
        steps.undo(order_id)
        steps.fail(order_id)

    meanwhile.before(monkeypatch, "transact_write_items", the_rest, call=2)
    with pytest.raises(NotCancelling, match="FAILED"):
        steps.fail(order_id)
    assert (world.status(order_id), "parked" in guard.read(order_id)) == ("FAILED", False)


@pytest.mark.parametrize("bring", [steps.paid, steps.confirmed])
def test_an_order_that_nobody_cancelled_neither_fails_nor_is_parked(bring: Callable[[], str]) -> None:
    order_id = bring()
    before = world.everything()
    with pytest.raises(NotCancelling):
        steps.fail(order_id)
    assert world.everything() == before


@pytest.mark.parametrize("bring", [undone, steps.cancelling], ids=["failing", "parking"])
def test_the_events_time_does_not_go_backwards_with_this_machines_clock(
    monkeypatch: pytest.MonkeyPatch, bring: Callable[[], str]
) -> None:
    order_id = bring()
    monkeypatch.setattr(clock, "now", lambda: 1)
    steps.ten_times(steps.fail, order_id)
    assert world.events(order_id)[-1] in {"OrderFailed", "OrderParked#1"}


def test_a_failure_is_counted_once_by_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    order_id = undone()
    capsys.readouterr()
    steps.ten_times(steps.fail, order_id)
    (metric,) = capsys.readouterr().out.splitlines()
    assert (json.loads(metric)["OrdersFailed"], json.loads(metric)["reason"]) == ([1.0], "PaymentDeclined")


def test_a_parked_order_is_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    order_id = steps.cancelling()
    capsys.readouterr()
    steps.ten_times(steps.fail, order_id)
    assert capsys.readouterr().out.count('"OrdersParked":[1.0]') == 1


def test_a_failure_is_later_than_a_recovery_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = undone()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: recovered(order_id))
    with pytest.raises(TransientError, match="decided just now"):
        steps.fail(order_id)
    steps.fail(order_id)
    assert world.events(order_id)[-2:] == ["OrderResumed#1", "OrderFailed"]


def test_a_failure_is_later_than_what_a_twin_undid_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.undo(order_id))
    with pytest.raises(TransientError, match="just now"):
        steps.fail(order_id)
    steps.fail(order_id)
    assert world.events(order_id)[-1] == "OrderFailed"
