"""Failing: an order ends FAILED once everything is undone, and is parked if something is not."""

from collections.abc import Callable
from functools import partial

import pytest

from sagakit import clock, eventlog, guard, parking
from sagakit.errors import CompensationIncomplete, NotCancelling, TransientError
from sagas import ORDER
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")

UNDOING = {each.event: partial(steps.call, each.state) for each in ORDER.compensations}


def undone() -> str:
    """Cancel an order and undo everything, so that only its end is left."""
    order_id = steps.cancelling()
    steps.undo(order_id)
    return order_id


def refused(order_id: str, **failures: str) -> None:
    with pytest.raises(CompensationIncomplete):
        steps.fail(order_id, **failures)


def recovered(order_id: str) -> None:
    parking.recover(guard.read(order_id), eventlog.history(order_id), {"reason": "ExecutionAborted"})


def test_an_order_with_everything_undone_fails_for_the_reason_it_was_cancelled() -> None:
    order_id = undone()
    reason = {"reason": "PaymentDeclined", "cause": "card_declined"}
    assert steps.fail(order_id) == {"orderId": order_id, "event": "OrderFailed", "repeated": False, **reason}
    event = eventlog.history(order_id).find("OrderFailed")
    assert event
    assert (world.status(order_id), event.detail) == ("FAILED", reason)
    assert tuple(event.rests_on) == ORDER.undone_by


def test_an_order_that_has_failed_is_not_parked_for_a_missing_compensation() -> None:
    order_id = steps.failed()
    for event in UNDOING:
        world.remove("EVENTS", orderId=order_id, eventType=event)
    assert steps.fail(order_id)["repeated"]
    assert "parked" not in guard.read(order_id)


@pytest.mark.parametrize("missing", UNDOING)
def test_an_order_with_a_missing_compensation_is_parked_once(missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    order_id = steps.cancelling()
    for step in (step for event, step in UNDOING.items() if event != missing):
        step(order_id)
    capsys.readouterr()
    with pytest.raises(CompensationIncomplete, match=f"^no {missing} on record$"):
        steps.fail(order_id, SomeTask="TransientError")
    mark = guard.read(order_id)["parked"]
    assert (mark["notUndone"], mark["undone"]) == ([missing], [each for each in ORDER.undone_by if each != missing])
    assert mark["failures"] == {"SomeTask": "TransientError"}
    event = eventlog.history(order_id).find("OrderParked#1")
    assert event
    assert {**event.detail, "at": event.at} == mark
    assert (event.state, event.outcome, event.error) == ("FailOrder", "parked", "CompensationIncomplete")
    before = world.everything()
    refused(order_id, Another="Failure")
    assert world.everything() == before
    assert capsys.readouterr().out.count('"OrdersParked":[1.0]') == 1


def test_a_concurrent_duplicate_does_not_park_the_order_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: refused(order_id), call=2)
    refused(order_id)
    assert [event for event in world.events(order_id) if "Parked" in event] == ["OrderParked#1"]


def test_an_order_that_ends_meanwhile_is_not_parked(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()

    def finish() -> None:
        steps.undo(order_id)
        steps.fail(order_id)

    meanwhile.before(monkeypatch, "transact_write_items", finish, call=2)
    with pytest.raises(NotCancelling, match="FAILED"):
        steps.fail(order_id)
    assert (world.status(order_id), "parked" in guard.read(order_id)) == ("FAILED", False)


def test_an_order_that_is_not_cancelled_neither_fails_nor_is_parked() -> None:
    order_id = steps.paid()
    before = world.everything()
    with pytest.raises(NotCancelling):
        steps.fail(order_id)
    assert world.everything() == before


def test_parking_is_the_latest_event_even_if_the_clock_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    monkeypatch.setattr(clock, "now", lambda: 1)
    refused(order_id)
    assert world.events(order_id)[-1] == "OrderParked#1"


@pytest.mark.parametrize(
    ("bring", "happens"),
    [(undone, recovered), (steps.cancelling, steps.undo)],
    ids=["a recovery", "a duplicate undoes"],
)
def test_a_failure_is_later_than_every_event_recorded_meanwhile(
    monkeypatch: pytest.MonkeyPatch, bring: Callable[[], str], happens: Callable[[str], None]
) -> None:
    order_id = bring()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: happens(order_id))
    with pytest.raises(TransientError, match="just now"):
        steps.fail(order_id)
    before = world.events(order_id)
    steps.fail(order_id)
    assert world.events(order_id) == [*before, "OrderFailed"]
