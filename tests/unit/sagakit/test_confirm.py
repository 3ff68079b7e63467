"""Confirming: the pivot, passed only with every step on record. What holds for every state stands in the contract."""

import pytest

from sagakit import eventlog
from sagakit.errors import SagaCancelled
from sagas import ORDER
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")


def test_an_order_that_is_reserved_and_paid_is_confirmed_and_told() -> None:
    order_id = steps.paid()
    assert steps.confirm(order_id) == {"orderId": order_id, "event": "OrderConfirmed", "repeated": False}
    event = eventlog.history(order_id).find("OrderConfirmed")
    assert event
    assert (world.status(order_id), tuple(event.rests_on)) == ("CONFIRMED", ORDER.confirmed_by)


@pytest.mark.parametrize("step", ORDER.confirmed_by)
def test_an_order_of_which_a_step_is_missing_is_not_confirmed(step: str) -> None:
    order_id = steps.paid()
    world.remove("EVENTS", orderId=order_id, eventType=step)
    with pytest.raises(LookupError, match=f"no {step} on record"):
        steps.confirm(order_id)
    assert world.status(order_id) == "PENDING"


def test_a_cancellation_that_comes_first_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paid()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.cancel(order_id))
    with pytest.raises(SagaCancelled):
        steps.confirm(order_id)
    assert world.status(order_id) == "CANCELLING"


def test_a_row_without_a_status_is_a_defect_and_no_decision() -> None:
    order_id = steps.paid()
    world.put("SAGAS", {"orderId": order_id})
    with pytest.raises(LookupError, match="status"):
        steps.confirm(order_id)
    assert "OrderConfirmed" not in world.events(order_id)
