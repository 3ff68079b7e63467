"""Confirming: the pivot requires every step on record. test_step_contract.py tests what all states have in common."""

import pytest

from sagakit import eventlog
from sagakit.errors import SagaCancelled
from sagas import ORDER
from tests.support import meanwhile, steps, world

pytestmark = pytest.mark.usefixtures("world")


def test_an_order_that_is_reserved_and_paid_is_confirmed() -> None:
    order_id = steps.paid()
    assert steps.confirm(order_id) == {"orderId": order_id, "event": "OrderConfirmed", "repeated": False}
    event = eventlog.history(order_id).find("OrderConfirmed")
    assert event
    assert (world.status(order_id), tuple(event.rests_on)) == ("CONFIRMED", ORDER.confirmed_by)


@pytest.mark.parametrize("step", ORDER.confirmed_by)
def test_an_order_with_a_missing_step_is_not_confirmed(step: str) -> None:
    order_id = steps.paid()
    world.forget(order_id, step)
    with pytest.raises(LookupError, match=f"no {step} on record"):
        steps.confirm(order_id)
    assert world.status(order_id) == "PENDING"


def test_an_earlier_cancellation_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.paid()
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.cancel(order_id))
    with pytest.raises(SagaCancelled):
        steps.confirm(order_id)
    assert world.status(order_id) == "CANCELLING"


def test_a_row_without_a_status_is_a_defect_and_nothing_is_decided() -> None:
    order_id = steps.paid()
    world.put("SAGAS", {"orderId": order_id})
    with pytest.raises(LookupError, match="status"):
        steps.confirm(order_id)
    assert "OrderConfirmed" not in world.events(order_id)
