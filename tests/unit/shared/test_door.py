"""The one door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sagakit import guard
from sagakit.errors import NotCancelling, SagaCancelled, TransientError, UnknownSaga
from sagakit.transaction import transact
from tests.support import world

if TYPE_CHECKING:
    from collections.abc import Callable

    from sagakit.transaction import Action

pytestmark = pytest.mark.usefixtures("world")

DECIDED, LATER = 1_000, 1_001
STATUSES = ["PENDING", "CONFIRMED", "CANCELLING", "FAILED"]


def an_order(status: str) -> str:
    world.put("SAGAS", {"orderId": "an-order", "status": status, "updatedAt": DECIDED})
    return "an-order"


@pytest.mark.parametrize("status", STATUSES)
def test_forward_steps_go_through_while_the_order_is_pending_only(status: str) -> None:
    order_id = an_order(status)
    if status == "PENDING":
        transact([door.pending(order_id, LATER)])
        return
    with pytest.raises(SagaCancelled, match=f"the order is {status}"):
        transact([door.pending(order_id, LATER)])


@pytest.mark.parametrize("status", STATUSES)
def test_compensations_go_through_while_the_order_is_cancelling_only(status: str) -> None:
    order_id = an_order(status)
    if status == "CANCELLING":
        transact([door.cancelling(order_id, LATER)])
        return
    with pytest.raises(NotCancelling, match=f"the order is {status}"):
        transact([door.cancelling(order_id, LATER)])


@pytest.mark.parametrize("check", [door.pending, door.cancelling])
def test_nothing_goes_through_for_an_order_that_does_not_exist(check: Callable[[str, int], Action]) -> None:
    with pytest.raises(UnknownSaga, match="no-such-order"):
        transact([check("no-such-order", LATER)])


@pytest.mark.parametrize(("check", "status"), [(door.pending, "PENDING"), (door.cancelling, "CANCELLING")])
def test_nothing_is_told_that_would_come_before_the_decision(check: Callable[[str, int], Action], status: str) -> None:
    with pytest.raises(TransientError, match="decided just now"):
        transact([check(an_order(status), DECIDED)])


def test_an_order_that_does_not_exist_cannot_be_read() -> None:
    with pytest.raises(UnknownSaga, match="no-such-order"):
        guard.read("no-such-order")


def test_reading_gives_the_row_as_it_is() -> None:
    assert guard.read(an_order("FAILED")) == {"orderId": "an-order", "status": "FAILED", "updatedAt": DECIDED}
