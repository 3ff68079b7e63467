"""A saga that starts after its pivot is never cancelled: it waits, is tried again, and is parked in the end."""

import pytest

from sagakit import clock, decision, eventlog, guard, resuming
from sagakit.errors import AlreadyConfirmed, NotCancelling, NotWaiting, SagaCancelled, StepIncomplete
from sagakit.parking import park
from sagakit.reason import Reason
from sagakit.recovery.actions import RecoveryAction, next_action, recover_if_needed
from sagas import RETURN
from tests.support import meanwhile, steps, world
from tests.support.stopped_clock import DAY, HOUR, SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("world")

LEAVE, CANCEL, START, RESUME, PAUSE, PARK = RecoveryAction
NOW = 1_000_000
PASSING = Reason("TransientError", "503")


def accepted() -> str:
    return steps.STARTED["return"]()


def parked() -> str:
    return_id = accepted()
    with pytest.raises(StepIncomplete):
        decision.wait(return_id, "RefundReturn", Reason("RefundRefused", "charge_disputed"))
    return return_id


@pytest.mark.parametrize(
    ("row", "actions"),
    [
        ({}, (LEAVE, PARK, PAUSE, PAUSE)),
        ({"paused": {"state": "RefundReturn", "nextAttemptAt": NOW + 1}}, (LEAVE, PARK, PAUSE, PAUSE)),
        ({"dueAt": NOW}, (RESUME, PARK, RESUME, RESUME)),
        ({"dueAt": NOW, "deadlineAt": NOW}, (PARK, PARK, PARK, PARK)),
        ({"parked": {"at": 1}}, (LEAVE, LEAVE, LEAVE, LEAVE)),
        ({"status": "CONFIRMED"}, (LEAVE, LEAVE, LEAVE, LEAVE)),
    ],
    ids=["running", "paused", "due", "past its deadline", "parked", "ended"],
)
def test_recovery_never_cancels_it(row: dict[str, object], actions: tuple[RecoveryAction, ...]) -> None:
    whole = {"saga": "return", "status": "PENDING", "dueAt": NOW + 1, "deadlineAt": NOW + 1, "updatedAt": 0, **row}
    assert tuple(next_action(whole, NOW, broken) for broken in ("", "ABORTED", "FAILED", "TIMED_OUT")) == actions


@pytest.mark.parametrize(
    ("state", "error"), [(step.state, error.__name__) for step in RETURN.retriable for error in step.final]
)
def test_a_final_error_of_a_step_parks_it(state: str, error: str) -> None:
    return_id = accepted()
    with pytest.raises(StepIncomplete, match=f"{state} failed for good"):
        decision.wait(return_id, state, Reason(error, "charge_disputed"))
    event = eventlog.history(return_id).find("ReturnParked#1")
    assert event
    assert (event.state, event.error, event.outcome) == ("PauseReturn", "StepIncomplete", "parked")
    assert (event.detail["failures"], guard.read(return_id)["parked"]["failures"]) == ({state: error},) * 2


@pytest.mark.parametrize("state", [*(step.state for step in RETURN.retriable), "ConfirmReturn"])
def test_another_error_pauses_it(state: str) -> None:
    return_id = accepted()
    decision.wait(return_id, state, PASSING)
    assert guard.read(return_id)["paused"]["state"] == state


def test_a_final_error_of_another_state_only_pauses_it() -> None:
    return_id = accepted()
    decision.wait(return_id, "ConfirmReturn", Reason("RefundRefused", "no"))
    assert guard.is_paused(guard.read(return_id))


def test_a_saga_that_can_go_back_is_never_parked_by_waiting() -> None:
    order_id = world.placed()
    decision.wait(order_id, "ProcessPayment", Reason("RefundRefused", "no"))
    assert guard.is_paused(guard.read(order_id))
    with pytest.raises(NotCancelling):
        park(eventlog.history(order_id), guard.read(order_id), {})


def test_a_repeated_call_of_what_parked_it_changes_nothing() -> None:
    return_id = parked()
    before = world.everything()
    decision.wait(return_id, "RefundReturn", Reason("RefundRefused", "charge_disputed"))
    assert world.everything() == before


def test_a_parked_one_has_left_the_sweepers_index_and_says_what_is_missing() -> None:
    return_id = accepted()
    steps.call("RefundReturn", return_id)
    with pytest.raises(StepIncomplete):
        decision.wait(return_id, "RestockInventory", Reason("ProductGone", "product monitor is gone"))
    row = guard.read(return_id)
    assert not {"open", "dueAt", "deadlineAt", "paused"} & row.keys()
    assert (row["status"], row["byStatus"].partition("#")[0]) == ("PENDING", "PARKED")
    assert {name: row["parked"][name] for name in ("notDone", "done", "failures")} == {
        "notDone": ["InventoryRestocked"],
        "done": ["ReturnRefunded"],
        "failures": {"RestockInventory": "ProductGone"},
    }


def test_one_that_has_ended_is_not_parked() -> None:
    return_id = steps.confirmed(RETURN)
    before = world.everything()
    decision.wait(return_id, "RefundReturn", Reason("RefundRefused", "no"))
    with pytest.raises(AlreadyConfirmed):
        park(eventlog.history(return_id), guard.read(return_id), {})
    assert world.everything() == before


def test_a_step_that_wakes_up_late_still_counts_and_confirming_ends_the_parking() -> None:
    return_id = parked()
    for step in RETURN.forward:
        steps.call(step.state, return_id)
    steps.call("ConfirmReturn", return_id)
    row = guard.read(return_id)
    assert (row["status"], "parked" in row, "byStatus" in row) == ("CONFIRMED", False, False)


def test_an_operator_gives_it_another_day(still: StoppedClock) -> None:
    return_id = parked()
    still.advance(3 * DAY)
    resuming.resume(return_id, "settled")
    row = guard.read(return_id)
    assert ("parked" in row, row["deadlineAt"]) == (False, still.now + DAY)
    assert world.events(return_id)[-2:] == ["ReturnParked#1", "ReturnResumed#1"]
    with pytest.raises(NotWaiting):
        resuming.resume(return_id, "again")


def test_recovery_gives_it_no_more_time(still: StoppedClock) -> None:
    return_id = accepted()
    deadline = guard.read(return_id)["deadlineAt"]
    assert deadline == still.now + DAY
    decision.wait(return_id, "RefundReturn", PASSING)
    still.advance(HOUR)
    assert recover_if_needed(return_id) is RESUME
    assert guard.read(return_id)["deadlineAt"] == deadline
    still.advance(DAY)
    assert recover_if_needed(return_id) is PARK
    assert guard.read(return_id)["parked"]["failures"] == {"RefundReturn": "TransientError"}


def test_parking_one_that_was_resumed_meanwhile_has_no_effect(
    still: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    return_id = accepted()
    decision.wait(return_id, "RefundReturn", PASSING)
    still.advance(SECOND)
    meanwhile.before(monkeypatch, "transact_write_items", lambda: resuming.resume(return_id, "hope"))
    with pytest.raises(SagaCancelled):
        decision.wait(return_id, "RefundReturn", Reason("RefundRefused", "no"))
    assert (world.events(return_id)[-1], "parked" in guard.read(return_id)) == ("ReturnResumed#1", False)


def test_its_events_stay_in_order_if_a_clock_is_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    return_id = accepted()
    monkeypatch.setattr(clock, "now", lambda: 1)
    with pytest.raises(StepIncomplete):
        decision.wait(return_id, "RefundReturn", Reason("RefundRefused", "no"))
    assert world.events(return_id) == ["ReturnAccepted", "ReturnParked#1"]
