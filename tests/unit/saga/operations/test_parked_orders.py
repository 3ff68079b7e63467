"""What is parked, what of it is not undone, and the messages that called people."""

from contextlib import suppress

import pytest

from saga.failure import Failure, NoSuchOrder
from saga.operations import parked, queue
from saga.stack import Stack
from sagakit.errors import CompensationIncomplete, TransientError
from tests.support import steps, world
from tests.unit.saga.operations.shop import send


def park() -> str:
    """Park an order whose payment cannot be refunded."""
    order_id = world.placed("pm_refund_down")
    steps.reserve(order_id)
    with pytest.raises(TransientError):
        steps.process(order_id)
    steps.cancel(order_id, "States.Timeout", "no answer")
    steps.release(order_id)
    with pytest.raises(CompensationIncomplete):
        steps.fail(order_id, RefundPayment="TransientError")
    return order_id


def resume(order_id: str) -> None:
    steps.call("ResumeOrder", order_id, reason="it works again")


def test_all_parked_orders_are_found_and_no_others(stack: Stack) -> None:
    steps.cancelling()
    steps.confirmed()
    expected = [park(), park()]
    assert [order.order_id for order in parked.parked(stack)] == expected
    assert parked.count(stack) == 2


def test_an_order_says_why_it_was_cancelled_and_what_is_not_undone(stack: Stack) -> None:
    order = parked.one(stack, park())
    assert (order.reason, order.cause) == ("States.Timeout", "no answer")
    assert (order.not_undone, order.failures) == (("PaymentRefunded",), {"RefundPayment": "TransientError"})
    assert (order.total, order.json["totalAmount"], order.resumes) == (69998, 699.98, 0)


def test_an_order_resumed_is_not_parked_any_more(stack: Stack) -> None:
    order_id = park()
    resume(order_id)
    assert (parked.parked(stack), parked.count(stack)) == ([], 0)
    with pytest.raises(Failure, match="is not parked: it is CANCELLING"):
        parked.one(stack, order_id)


def test_an_order_parked_again_says_that_it_was_resumed(stack: Stack) -> None:
    order_id = park()
    resume(order_id)
    with suppress(CompensationIncomplete):
        steps.fail(order_id)
    assert parked.one(stack, order_id).resumes == 1


def test_only_those_parked_before_a_time_are_given(stack: Stack) -> None:
    parked_at = parked.one(stack, park()).parked
    assert parked.parked(stack, before=parked_at) == []
    assert len(parked.parked(stack, before=parked_at + 1)) == 1


@pytest.mark.parametrize("ask", [parked.one, parked.make_well])
def test_an_unknown_order_is_none(stack: Stack, ask: object) -> None:
    with pytest.raises(NoSuchOrder):
        ask(stack, "nope")  # type: ignore[operator]


def test_a_gateway_that_never_heard_of_an_order_cannot_be_made_well_for_it(stack: Stack) -> None:
    with pytest.raises(Failure, match="no payment"):
        parked.make_well(stack, world.placed())


def test_messages_of_orders_that_are_not_parked_any_more_are_deleted_and_no_others(stack: Stack) -> None:
    still, no_more = park(), park()
    resume(no_more)
    for order_id in (still, no_more, no_more):
        send(stack, "ParkedOrdersQueueUrl", {"detail": {"orderId": order_id}})
    send(stack, "ParkedOrdersQueueUrl", "not ours")
    assert parked.tidy(stack) == 2
    bodies = [message["Body"] for message in queue.messages(stack, "ParkedOrdersQueueUrl")]
    assert sorted(still in body for body in bodies) == [False, True]
    assert parked.tidy(stack) == 0


def test_messages_that_were_looked_at_can_be_received_by_others_at_once(stack: Stack) -> None:
    for number in range(25):
        send(stack, "ParkedOrdersQueueUrl", str(number))
    assert len(queue.messages(stack, "ParkedOrdersQueueUrl")) == 25
    assert queue.depth(stack, "ParkedOrdersQueueUrl") == 25
    assert len(queue.messages(stack, "ParkedOrdersQueueUrl")) == 25
