"""Cancelling: the decision to undo is made once, and never for a confirmed saga."""

import json
from collections.abc import Callable

import pytest

from sagakit import decision, eventlog, guard
from sagakit.errors import AlreadyConfirmed
from sagakit.reason import Reason
from tests.support import meanwhile, steps, world
from tests.support.stopped_clock import DAY, MINUTE, SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("world")


def test_cancelling_records_the_reason_and_starts_no_other_execution() -> None:
    order_id = world.placed()
    assert steps.cancel(order_id) == {"orderId": order_id, "event": "OrderCancelling", "repeated": False}
    reason = {"reason": "PaymentDeclined", "cause": "card_declined"}
    assert (world.status(order_id), guard.read(order_id)["reason"]) == ("CANCELLING", reason)
    event = eventlog.history(order_id).find("OrderCancelling")
    assert event
    assert (event.detail, event.starts_saga) == (reason, False)


def by_customer(order_id: str) -> None:
    decision.cancel(order_id, Reason("CustomerCancelled", "changed their mind"), starts_saga=True)


@pytest.mark.parametrize(
    ("cancel", "due"),
    [(by_customer, 2 * MINUTE), (steps.cancel, 10 * SECOND)],
    ids=["customer", "execution"],
)
def test_the_compensations_get_their_own_deadline_and_end_the_pause(
    still: StoppedClock, cancel: Callable[[str], object], due: int
) -> None:
    order_id, began = steps.paused(), still.now
    still.advance(MINUTE)
    cancel(order_id)
    row = guard.read(order_id)
    assert (row["dueAt"], row["deadlineAt"]) == (began + due, still.now + DAY)
    assert ("open" in row, "paused" in row) == (True, False)


def test_the_first_reason_wins() -> None:
    order_id = world.placed()
    steps.cancel(order_id, "InsufficientStock", "sold out")
    before = world.everything()
    assert steps.cancel(order_id, "PaymentDeclined", "no money")["repeated"]
    assert world.everything() == before


def test_an_earlier_confirmation_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paid()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.confirm(order_id))
    with pytest.raises(AlreadyConfirmed):
        steps.cancel(order_id)
    assert world.status(order_id) == "CONFIRMED"


@pytest.mark.parametrize(
    ("cause", "recorded"),
    [
        ('{"errorMessage": "card_declined", "errorType": "PaymentDeclined"}', "card_declined"),
        ('{"errorType": "Sandbox.Timedout"}', '{"errorType": "Sandbox.Timedout"}'),
        ("plain words", "plain words"),
        ('["a", "list"]', '["a", "list"]'),
        ("", ""),
        (None, ""),
        ("x" * 501, "x" * 500),
        (json.dumps({"errorMessage": "y" * 10_000}), "y" * 500),
    ],
    ids=["lambda", "lambda without a message", "words", "other json", "empty", "none", "long", "long message"],
)
def test_the_recorded_cause_is_readable(cause: str | None, recorded: str) -> None:
    order_id = world.placed()
    steps.call("CancelOrder", order_id, error={"Error": "SomeError"} | ({} if cause is None else {"Cause": cause}))
    assert world.detail(order_id, "OrderCancelling") == {"reason": "SomeError", "cause": recorded}


# --- A clock that is ahead -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [MINUTE, DAY])
def test_the_deadline_of_the_compensations_is_not_moved_by_a_writer_whose_clock_was_ahead(
    still: StoppedClock, ahead: int
) -> None:
    order_id = world.placed()
    still.advance(ahead)
    steps.reserve(order_id)  # on a machine whose clock is ahead
    still.advance(-ahead)
    by_customer(order_id)
    row = guard.read(order_id)
    assert (row["dueAt"], row["deadlineAt"]) == (still.now + MINUTE, still.now + DAY)
    assert row["updatedAt"] == still.now + ahead + 1  # its order among the events stays right
