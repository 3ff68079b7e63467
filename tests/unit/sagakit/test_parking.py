"""Parking: a saga that cannot be undone waits for an operator, in no index of the sweeper."""

import pytest

from sagakit import eventlog, guard, resuming
from sagakit.errors import NotCancelling, Overtaken
from sagakit.parking import park
from sagas import ORDER
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")


def park_again(order_id: str) -> None:
    park(eventlog.history(order_id), guard.read(order_id), {"RefundPayment": "TransientError"})


def test_a_parked_order_has_left_the_sweepers_index_and_says_what_is_missing() -> None:
    order_id = steps.paused(steps.cancelling, "RefundPayment")
    steps.release(order_id)
    park_again(order_id)
    row = guard.read(order_id)
    parked = eventlog.history(order_id).find("OrderParked#1")
    assert parked
    assert row["parked"] == {"at": parked.at, **parked.detail}
    assert (parked.detail["notUndone"], parked.detail["undone"]) == (["PaymentRefunded"], ["InventoryReleased"])
    assert parked.detail["failures"] == {"RefundPayment": "TransientError"}
    assert (parked.state, parked.starts_saga, parked.error) == ("", False, "CompensationIncomplete")
    assert not {"open", "dueAt", "deadlineAt", "paused"} & row.keys()
    assert (row["status"], row["byStatus"].partition("#")[0]) == ("CANCELLING", "PARKED")


def test_an_order_that_is_parked_again_after_a_resume_gets_the_next_number() -> None:
    order_id = steps.parked()
    resuming.resume(order_id, "hope")
    park_again(order_id)
    assert world.events(order_id)[-3:] == ["OrderParked#1", "OrderResumed#1", "OrderParked#2"]


@pytest.mark.parametrize("bring", [steps.paid, steps.confirmed, steps.failed, steps.parked])
def test_only_a_cancelling_order_is_parked_and_only_once(bring: steps.Bring) -> None:
    order_id = bring()
    before = world.everything()
    with pytest.raises(NotCancelling):
        park_again(order_id)
    assert world.everything() == before


def test_a_resume_that_the_parking_overtakes_resumes_the_parked_order(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paused(steps.cancelling, "RefundPayment")
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.give_up(order_id))
    resuming.resume(order_id, "hope")
    assert world.events(order_id)[-2:] == ["OrderParked#1", "OrderResumed#1"]
    assert ("parked" in guard.read(order_id), "open" in guard.read(order_id)) == (False, True)


def test_parking_with_a_history_from_before_a_resume_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paused(steps.cancelling, "RefundPayment")
    meanwhile.before(monkeypatch, "transact_write_items", lambda: resuming.resume(order_id, "hope"))
    with pytest.raises(Overtaken):
        steps.give_up(order_id)
    assert world.events(order_id)[-1] == "OrderResumed#1"


def test_every_compensation_is_missing_if_none_is_on_record() -> None:
    assert guard.read(steps.parked())["parked"]["notUndone"] == list(ORDER.undone_by)
