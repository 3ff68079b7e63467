"""Parked orders, what is not undone, and the queue messages that alert the operator."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from payment.domain import RefundRefused
from saga.failures import Failure, NoSuchOrder
from saga.operations import gateway, parked_orders, queue
from saga.stack.stack import Stack
from sagakit.errors import CompensationIncomplete, TransientError
from tests.support import steps, world
from tests.unit.saga.operations.shop import send


def park() -> str:
    """Park an order whose refund the gateway refuses."""
    order_id = world.placed("pm_refund_refused")
    steps.reserve(order_id)
    with pytest.raises(TransientError):
        steps.process(order_id)
    steps.cancel(order_id, "States.Timeout", "no answer")
    with pytest.raises(RefundRefused):
        steps.refund(order_id)
    steps.release(order_id)
    with pytest.raises(CompensationIncomplete):
        steps.fail(order_id, RefundPayment="RefundRefused")
    return order_id


def resume(order_id: str) -> None:
    steps.call("ResumeOrder", order_id, reason="it works again")


def test_only_parked_orders_are_found(stack: Stack) -> None:
    steps.cancelling()
    steps.confirmed()
    expected = [park(), park()]
    assert [order.order_id for order in parked_orders.parked(stack)] == expected
    assert parked_orders.count(stack) == 2


def test_a_parked_order_has_its_reason_and_what_is_not_undone(stack: Stack) -> None:
    order = parked_orders.one(stack, park())
    assert (order.reason, order.cause) == ("States.Timeout", "no answer")
    assert (order.missing, order.failures) == (("PaymentRefunded",), {"RefundPayment": "RefundRefused"})
    assert (order.total, order.json["totalAmount"], order.resumes) == (69998, 699.98, 0)


def test_a_resumed_order_is_no_longer_parked(stack: Stack) -> None:
    order_id = park()
    resume(order_id)
    assert (parked_orders.parked(stack), parked_orders.count(stack)) == ([], 0)
    with pytest.raises(Failure, match="is not parked: it is CANCELLING"):
        parked_orders.one(stack, order_id)


def test_an_order_parked_again_counts_its_resumes(stack: Stack) -> None:
    order_id = park()
    resume(order_id)
    with suppress(CompensationIncomplete):
        steps.fail(order_id, RefundPayment="RefundRefused")
    assert parked_orders.one(stack, order_id).resumes == 1


def test_orders_parked_before_a_time_are_found(stack: Stack) -> None:
    parked_at = parked_orders.one(stack, park()).parked
    assert parked_orders.parked(stack, before=parked_at) == []
    assert len(parked_orders.parked(stack, before=parked_at + 1)) == 1


@pytest.mark.parametrize("use", [parked_orders.one, gateway.restore])
def test_an_unknown_order_is_an_error(stack: Stack, use: Callable[[Stack, str], object]) -> None:
    with pytest.raises(NoSuchOrder):
        use(stack, "nope")


def test_an_order_without_a_payment_has_nothing_to_restore(stack: Stack) -> None:
    with pytest.raises(Failure, match="no payment"):
        gateway.restore(stack, world.placed())


def test_only_messages_of_orders_that_are_no_longer_parked_are_deleted(stack: Stack) -> None:
    still, resumed = park(), park()
    resume(resumed)
    for order_id in (still, resumed, resumed):
        send(stack, "ParkedOrdersQueueUrl", {"detail": {"orderId": order_id}})
    send(stack, "ParkedOrdersQueueUrl", "not ours")
    assert parked_orders.delete_stale_messages(stack) == 2
    bodies = [message["Body"] for message in queue.messages(stack, "ParkedOrdersQueueUrl")]
    assert sorted(still in body for body in bodies) == [False, True]
    assert parked_orders.delete_stale_messages(stack) == 0


def test_listed_messages_can_be_received_again_at_once(stack: Stack) -> None:
    for number in range(25):
        send(stack, "ParkedOrdersQueueUrl", str(number))
    assert len(queue.messages(stack, "ParkedOrdersQueueUrl")) == 25
    assert queue.depth(stack, "ParkedOrdersQueueUrl") == 25
    assert len(queue.messages(stack, "ParkedOrdersQueueUrl")) == 25
