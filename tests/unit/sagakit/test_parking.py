"""Resuming a parked saga starts a new execution with its own number."""

from collections.abc import Callable

import pytest

from sagakit import eventlog, guard, parking
from sagakit.errors import CompensationIncomplete, NotCancelling, TransientError
from sagakit.event import Event
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")

WHY = {"reason": "the gateway is available again"}


def park(order_id: str) -> None:
    with pytest.raises(CompensationIncomplete):
        steps.fail(order_id)


def resume(order_id: str) -> Event:
    return parking.resume(order_id, WHY)


def recover(order_id: str) -> Event:
    return parking.recover(guard.read(order_id), eventlog.history(order_id), WHY)


def test_resuming_unparks_the_order_and_starts_an_execution_with_a_new_deadline() -> None:
    order_id = steps.parked()
    resumed = resume(order_id)
    assert (resumed.id, resumed.starts_saga, resumed.detail) == (f"{order_id}-OrderResumed-1", True, WHY)
    assert (resumed.state, resumed.outcome) == ("", "resumed")
    row = guard.read(order_id)
    assert ("parked" in row, "open" in row, row["dueAt"]) == (False, True, resumed.at + 420_000)


def test_each_resume_of_an_order_has_its_own_number() -> None:
    order_id = steps.parked()
    first = resume(order_id)
    park(order_id)
    second = resume(order_id)
    assert (first.type, second.type) == ("OrderResumed#1", "OrderResumed#2")
    assert world.events(order_id)[-4:] == ["OrderParked#1", "OrderResumed#1", "OrderParked#2", "OrderResumed#2"]


def test_two_concurrent_resumes_take_effect_once(monkeypatch: pytest.MonkeyPatch) -> None:
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
def test_only_parked_orders_are_resumed_and_only_cancelling_ones_recovered(
    act: Callable[[str], Event], bring: Callable[[], str]
) -> None:
    order_id = bring()
    before = world.everything()
    with pytest.raises(NotCancelling):
        act(order_id)
    assert world.everything() == before


def test_a_resume_with_a_history_from_before_the_parking_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: park(order_id))
    with pytest.raises(TransientError, match="decided just now"):
        resume(order_id)
    assert (world.events(order_id)[-1], "parked" in guard.read(order_id)) == ("OrderParked#1", True)


def test_parking_with_a_history_from_before_the_recovery_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: recover(order_id), call=2)
    with pytest.raises(TransientError, match="decided just now"):
        steps.fail(order_id)
    park(order_id)
    assert world.events(order_id)[-2:] == ["OrderResumed#1", "OrderParked#1"]


def test_recoveries_are_counted_until_a_resume_resets_the_count() -> None:
    order_id = steps.cancelling()
    assert [(recover(order_id).type, guard.read(order_id)["recoveries"]) for _ in range(2)] == [
        ("OrderResumed#1", 1),
        ("OrderResumed#2", 2),
    ]
    park(order_id)
    assert resume(order_id).type == "OrderResumed#3"
    assert guard.read(order_id)["recoveries"] == 0
