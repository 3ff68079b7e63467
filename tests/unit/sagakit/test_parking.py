"""Taking a parked saga up again: a new execution, under a number of its own."""

from collections.abc import Callable

import pytest

from sagakit import eventlog, guard, parking
from sagakit.errors import CompensationIncomplete, NotCancelling, TransientError
from sagakit.event import Event
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")

WHY = {"reason": "the gateway is well again"}


def park(order_id: str) -> None:
    with pytest.raises(CompensationIncomplete):
        steps.fail(order_id)


def resume(order_id: str) -> Event:
    return parking.resume(order_id, WHY)


def recover(order_id: str) -> Event:
    return parking.recover(guard.read(order_id), eventlog.history(order_id), WHY)


def test_resuming_takes_the_mark_off_and_starts_a_new_execution_with_a_new_deadline() -> None:
    order_id = steps.parked()
    resumed = resume(order_id)
    assert (resumed.id, resumed.starts_saga, resumed.detail) == (f"{order_id}-OrderResumed-1", True, WHY)
    assert (resumed.state, resumed.outcome) == ("", "resumed")
    row = guard.read(order_id)
    assert ("parked" in row, "open" in row, row["dueAt"]) == (False, True, resumed.at + 420_000)


def test_an_order_parked_twice_is_resumed_under_two_numbers() -> None:
    order_id = steps.parked()
    first = resume(order_id)
    park(order_id)
    second = resume(order_id)
    assert (first.type, second.type) == ("OrderResumed#1", "OrderResumed#2")
    assert world.events(order_id)[-4:] == ["OrderParked#1", "OrderResumed#1", "OrderParked#2", "OrderResumed#2"]


def test_two_operators_at_once_resume_once(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.parked()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: resume(order_id))
    assert resume(order_id).repeated
    assert sum("Resumed" in event for event in world.events(order_id)) == 1


@pytest.mark.parametrize(
    ("act", "bring"),
    [
        *[(resume, bring) for bring in (world.placed, steps.confirmed, steps.cancelling, steps.failed)],
        *[(recover, bring) for bring in (world.placed, steps.confirmed, steps.parked, steps.failed)],
    ],
)
def test_only_a_parked_order_is_resumed_and_only_one_that_is_being_cancelled_is_recovered(
    act: Callable[[str], Event], bring: Callable[[], str]
) -> None:
    order_id = bring()
    before = world.everything()
    with pytest.raises(NotCancelling):
        act(order_id)
    assert world.everything() == before


def test_who_looked_before_the_order_was_parked_does_not_resume_it(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: park(order_id))
    with pytest.raises(TransientError, match="decided just now"):
        resume(order_id)
    assert (world.events(order_id)[-1], "parked" in guard.read(order_id)) == ("OrderParked#1", True)


def test_who_looked_before_the_order_was_taken_up_again_does_not_park_it(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: recover(order_id), call=2)
    with pytest.raises(TransientError, match="decided just now"):
        steps.fail(order_id)
    park(order_id)
    assert world.events(order_id)[-2:] == ["OrderResumed#1", "OrderParked#1"]


def test_recoveries_in_a_row_are_counted_and_a_resume_begins_anew() -> None:
    order_id = steps.cancelling()
    assert [(recover(order_id).type, guard.read(order_id)["recoveries"]) for _ in range(2)] == [
        ("OrderResumed#1", 1),
        ("OrderResumed#2", 2),
    ]
    park(order_id)
    assert resume(order_id).type == "OrderResumed#3"
    assert guard.read(order_id)["recoveries"] == 0
