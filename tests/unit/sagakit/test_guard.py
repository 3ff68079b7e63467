"""The guard: what a saga's status allows."""

import pytest

from sagakit import guard
from sagakit.errors import NotCancelling, Overtaken, SagaCancelled, TransientError, UnknownSaga
from sagakit.event import Event
from sagakit.saga import Status
from sagakit.transaction import transact
from tests.support import world

pytestmark = pytest.mark.usefixtures("world")

EARLIER, NEWEST, LATER = 999, 1_000, 1_001  # the times of events
REFUSALS = {Status.PENDING: SagaCancelled, Status.CANCELLING: NotCancelling}


def an_event(after: int = NEWEST, saga_id: str = "an-order") -> Event:
    return Event(saga_id, "SomethingHappened", LATER, after=after)


def an_order(status: str, updated_at: int = NEWEST) -> str:
    world.put("SAGAS", {"orderId": "an-order", "status": status, "updatedAt": updated_at})
    return "an-order"


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(("required", "refusal"), REFUSALS.items())
def test_steps_require_a_pending_saga_and_compensations_a_cancelling_one(
    required: Status, refusal: type[Exception], status: Status
) -> None:
    saga_id = an_order(status)
    if status == required:
        transact([guard.require(an_event(), required)])
        assert guard.read_if(saga_id, required) == guard.read(saga_id)
        assert guard.read(saga_id) == {"orderId": saga_id, "status": status, "updatedAt": LATER}
        return
    with pytest.raises(refusal, match=f"the saga is {status}"):
        transact([guard.require(an_event(), required)])
    with pytest.raises(refusal, match=f"the saga is {status}"):
        guard.read_if(saga_id, required)


@pytest.mark.parametrize("status", Status)
def test_the_result_of_an_effect_requires_no_status(status: Status) -> None:
    saga_id = an_order(status)
    transact([guard.require(an_event())])
    assert guard.read(saga_id) == {"orderId": saga_id, "status": status, "updatedAt": LATER}


@pytest.mark.parametrize("required", [*REFUSALS, None])
def test_nothing_takes_effect_for_an_unknown_saga(required: Status | None) -> None:
    with pytest.raises(UnknownSaga, match="no-such-saga"):
        transact([guard.require(an_event(saga_id="no-such-saga"), required)])


@pytest.mark.parametrize("required", [*REFUSALS, None])
def test_nothing_is_recorded_by_a_history_that_lacks_an_event(required: Status | None) -> None:
    saga_id = an_order(required or Status.FAILED)
    before = guard.read(saga_id)
    with pytest.raises(Overtaken, match="another event was recorded meanwhile"):
        transact([guard.require(an_event(EARLIER), required)])
    assert guard.read(saga_id) == before
    assert issubclass(Overtaken, TransientError)


@pytest.mark.parametrize("after", Status)
def test_no_status_changes_by_a_history_that_lacks_an_event(after: Status) -> None:
    saga_id = an_order(Status.PENDING)
    before = guard.read(saga_id)
    with pytest.raises(Overtaken):
        transact([guard.transition(an_event(EARLIER), Status.PENDING, after)])
    assert guard.read(saga_id) == before


@pytest.mark.parametrize(("required", "refusal"), REFUSALS.items())
def test_that_the_status_has_changed_is_told_rather_than_that_an_event_is_lacking(
    required: Status, refusal: type[Exception]
) -> None:
    an_order(Status.FAILED)
    with pytest.raises(refusal):
        transact([guard.require(an_event(EARLIER), required)])


@pytest.mark.parametrize("required", [*REFUSALS, None])
def test_a_row_from_before_it_told_the_time_of_every_event_is_in_no_ones_way(required: Status | None) -> None:
    saga_id = an_order(required or Status.FAILED, updated_at=EARLIER)
    transact([guard.require(an_event(), required)])
    assert guard.read(saga_id)["updatedAt"] == LATER
