"""Failing: an order ends FAILED once everything is undone. Until then it is paused, or parked if waiting is no use."""

from collections.abc import Callable
from functools import partial

import pytest

from sagakit import clock, eventlog, guard, resuming
from sagakit.errors import CompensationIncomplete, NotCancelling, SagaPaused
from sagakit.reason import Reason
from sagakit.step import Compensation
from sagas import ORDER
from tests.support import meanwhile, steps, world
from tests.support.stopped_clock import SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("world")

UNDOING = {each.event: partial(steps.call, each.state) for each in ORDER.compensations}
FINAL = {each.state: each.final[0].__name__ for each in ORDER.compensations if each.final}
PASSING = dict.fromkeys(FINAL, "TransientError")


def undone() -> str:
    """Cancel an order and undo everything, so that only its end is left."""
    order_id = steps.cancelling()
    steps.undo(order_id)
    return order_id


def undone_except(*missing: str) -> str:
    order_id = steps.cancelling()
    for step in (step for event, step in UNDOING.items() if event not in missing):
        step(order_id)
    return order_id


def at_a_loss() -> str:
    """Undo everything but what can fail for good."""
    return undone_except(*(each.event for each in ORDER.compensations if each.final))


def kept_waiting(order_id: str, **failures: str) -> str:
    """Call FailOrder for an order that is not undone; return the name of its error."""
    with pytest.raises((SagaPaused, CompensationIncomplete)) as raised:
        steps.fail(order_id, **failures)
    return raised.type.__name__


def recovered(order_id: str) -> None:
    resuming.recover(eventlog.history(order_id), guard.read(order_id), Reason("ExecutionAborted", ""))


def test_an_order_with_everything_undone_fails_for_the_reason_it_was_cancelled() -> None:
    order_id = undone()
    told = {"reason": "PaymentDeclined", "message": "The payment was declined."}
    assert steps.fail(order_id) == {"orderId": order_id, "event": "OrderFailed", "repeated": False, **told}
    event = eventlog.history(order_id).find("OrderFailed")
    assert event
    assert (world.status(order_id), event.detail) == ("FAILED", {"reason": "PaymentDeclined"})
    assert tuple(event.rests_on) == ORDER.undone_by


def test_an_order_that_has_failed_is_not_parked_for_a_missing_compensation() -> None:
    order_id = steps.failed()
    for event in UNDOING:
        world.forget(order_id, event)
    assert steps.fail(order_id)["repeated"]
    assert "parked" not in guard.read(order_id)


# --- Waiting -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ORDER.compensations, ids=lambda each: each.state)
@pytest.mark.parametrize("error", ["TransientError", "States.Timeout", "SomeDefect", None])
def test_an_order_with_a_missing_compensation_is_paused_for_it(
    still: StoppedClock, missing: Compensation, error: str | None
) -> None:
    order_id = undone_except(missing.event)
    before = world.events(order_id)
    failures = {missing.state: error} if error else {}
    with pytest.raises(SagaPaused, match=f"^{missing.state} has not succeeded$"):
        steps.fail(order_id, **failures)
    mark = guard.read(order_id)["paused"]
    assert (mark["state"], mark["reason"]) == (missing.state, error or "NotUndone")
    assert mark["cause"] == (f"{error} happened" if error else f"no {missing.event} on record")
    assert guard.read(order_id)["dueAt"] == mark["nextAttemptAt"] == still.now + 10 * SECOND
    assert (world.events(order_id), "parked" in guard.read(order_id)) == (before, False)


@pytest.mark.parametrize(
    ("failures", "error", "waiting"),
    [
        (PASSING, "SagaPaused", "RefundPayment"),
        ({**FINAL, "RefundPayment": "TransientError"}, "SagaPaused", "RefundPayment"),
        ({**FINAL, "ReleaseInventory": "TransientError"}, "SagaPaused", "ReleaseInventory"),
        ({"ReleaseInventory": FINAL["ReleaseInventory"]}, "SagaPaused", "RefundPayment"),
        ({**FINAL, "RefundPayment": FINAL["ReleaseInventory"]}, "SagaPaused", "RefundPayment"),  # final for another
        (FINAL, "CompensationIncomplete", None),
    ],
    ids=["both pass", "the refund passes", "the release passes", "one is unknown", "of another state", "both final"],
)
def test_an_order_is_parked_at_once_only_if_no_missing_compensation_may_still_succeed(
    failures: dict[str, str], error: str, waiting: str | None
) -> None:
    order_id = at_a_loss()
    assert kept_waiting(order_id, **failures) == error
    row = guard.read(order_id)
    assert (row.get("paused", {}).get("state"), row.get("parked", {}).get("failures")) == (
        waiting,
        None if waiting else failures,
    )


@pytest.mark.parametrize("missing", [each.event for each in ORDER.compensations if each.final])
def test_an_order_whose_only_missing_compensation_failed_for_good_is_parked_once(missing: str) -> None:
    order_id = undone_except(missing)
    with pytest.raises(CompensationIncomplete, match=f"^no {missing} on record$"):
        steps.fail(order_id, **FINAL)
    mark = guard.read(order_id)["parked"]
    assert (mark["notUndone"], mark["undone"]) == ([missing], [each for each in ORDER.undone_by if each != missing])
    assert mark["failures"] == FINAL
    event = eventlog.history(order_id).find("OrderParked#1")
    assert event
    assert {**event.detail, "at": event.at} == mark
    assert (event.state, event.outcome, event.error) == ("FailOrder", "parked", "CompensationIncomplete")
    before = world.everything()
    assert {kept_waiting(order_id, **failures) for failures in (FINAL, PASSING)} == {"CompensationIncomplete"}
    assert world.everything() == before


def test_an_order_is_parked_when_patience_is_over(still: StoppedClock) -> None:
    order_id = at_a_loss()
    still.now = guard.read(order_id)["deadlineAt"] - 1
    assert kept_waiting(order_id, **PASSING) == "SagaPaused"
    recovered(order_id)
    still.advance(1)
    assert kept_waiting(order_id, **PASSING) == "CompensationIncomplete"
    assert guard.read(order_id)["parked"]["failures"] == PASSING


def test_a_duplicate_does_not_pause_the_order_again(still: StoppedClock) -> None:
    order_id = at_a_loss()
    kept_waiting(order_id, **PASSING)
    before = world.everything()
    still.advance(SECOND)
    assert kept_waiting(order_id) == "SagaPaused"
    assert world.everything() == before


def test_a_concurrent_duplicate_does_not_park_the_order_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = at_a_loss()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: kept_waiting(order_id, **FINAL))
    kept_waiting(order_id, **FINAL)
    assert [event for event in world.events(order_id) if "Parked" in event] == ["OrderParked#1"]


# --- Races ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("failures", "write"), [(FINAL, "transact_write_items"), (PASSING, "update_item")])
def test_an_order_that_ends_meanwhile_is_neither_parked_nor_paused(
    monkeypatch: pytest.MonkeyPatch, failures: dict[str, str], write: str
) -> None:
    order_id = at_a_loss()

    def finish() -> None:
        steps.undo(order_id)
        steps.fail(order_id)

    meanwhile.before(monkeypatch, write, finish)
    with pytest.raises((NotCancelling, SagaPaused)):
        steps.fail(order_id, **failures)
    assert world.status(order_id) == "FAILED"
    assert not {"parked", "paused", "open"} & guard.read(order_id).keys()


def test_an_order_that_is_not_cancelled_neither_fails_nor_is_parked() -> None:
    order_id = steps.paid()
    before = world.everything()
    with pytest.raises(NotCancelling):
        steps.fail(order_id)
    assert world.everything() == before


def test_parking_is_the_latest_event_even_if_the_clock_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = at_a_loss()
    monkeypatch.setattr(clock, "now", lambda: 1)
    kept_waiting(order_id, **FINAL)
    assert world.events(order_id)[-1] == "OrderParked#1"


@pytest.mark.parametrize(
    ("bring", "happens", "last"),
    [(undone, recovered, "OrderResumed#1"), (at_a_loss, steps.undo, ORDER.undone_by[-1])],
    ids=["a recovery", "a duplicate undoes"],
)
def test_a_failure_is_later_than_every_event_recorded_meanwhile(
    monkeypatch: pytest.MonkeyPatch, bring: Callable[[], str], happens: Callable[[str], None], last: str
) -> None:
    order_id = bring()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: happens(order_id))
    steps.fail(order_id, **FINAL)  # which would park it, if anything were missing
    assert world.events(order_id)[-2:] == [last, "OrderFailed"]
    assert (world.status(order_id), "parked" in guard.read(order_id)) == ("FAILED", False)


def test_an_order_whose_last_compensation_is_recorded_meanwhile_is_tried_again_at_the_latest_after_a_pause(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock
) -> None:
    order_id = at_a_loss()
    meanwhile.after_reading(monkeypatch, lambda: steps.undo(order_id))
    assert kept_waiting(order_id) == "SagaPaused"
    assert guard.read(order_id)["dueAt"] == still.now + 10 * SECOND
    assert steps.fail(order_id)["event"] == "OrderFailed"
    assert "paused" not in guard.read(order_id)
