"""The guard: what a saga's status allows."""

import pytest

from sagakit import guard
from sagakit.errors import NotCancelling, SagaCancelled, TransientError, UnknownSaga
from sagakit.event import Event
from sagakit.saga import Status
from sagakit.transaction import transact
from tests.support import world

pytestmark = pytest.mark.usefixtures("world")

DECIDED, LATER = 1_000, 1_001
REFUSALS = {Status.PENDING: SagaCancelled, Status.CANCELLING: NotCancelling}


def an_event(at: int = LATER, saga_id: str = "an-order") -> Event:
    return Event(saga_id, "SomethingHappened", at)


def an_order(status: str) -> str:
    world.put("SAGAS", {"orderId": "an-order", "status": status, "updatedAt": DECIDED})
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
        return
    with pytest.raises(refusal, match=f"the saga is {status}"):
        transact([guard.require(an_event(), required)])
    with pytest.raises(refusal, match=f"the saga is {status}"):
        guard.read_if(saga_id, required)


@pytest.mark.parametrize("required", REFUSALS)
def test_nothing_takes_effect_for_an_unknown_saga(required: Status) -> None:
    with pytest.raises(UnknownSaga, match="no-such-saga"):
        transact([guard.require(an_event(saga_id="no-such-saga"), required)])


@pytest.mark.parametrize("required", REFUSALS)
def test_nothing_is_recorded_with_a_time_before_the_decision(required: Status) -> None:
    an_order(required)
    with pytest.raises(TransientError, match="decided just now"):
        transact([guard.require(an_event(DECIDED), required)])
