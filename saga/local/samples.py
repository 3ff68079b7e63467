"""The orders that the sample events are about. The IDs in `events/` stand for them: each stack derives its own."""

from collections.abc import Callable
from itertools import count

from saga.engine.background import wait_until
from saga.local import demo
from saga.orders import actions
from saga.stack import tables
from saga.stack.stack import Stack

CONFIRMED = "11111111-1111-4111-8111-111111111111"
DECLINED = "22222222-2222-4222-8222-222222222222"
PARKED = "33333333-3333-4333-8333-333333333333"

_LONGEST_WAIT = 120  # seconds
_UNREFUNDABLE = "pm_refund_refused"  # a payment token


def actual(stack: Stack, event: str) -> str:
    """Return the event with the IDs of the stack's own orders. Places those that the stack doesn't have yet.

    Raises:
        Failure: an order is not in the state that the event is about.
    """
    for sample, order in _ORDERS.items():
        if sample in event:
            event = event.replace(sample, order(stack))
    return event


def _of_the_demo(key: str) -> Callable[[Stack], str]:
    def order(stack: Stack) -> str:
        order_id = demo.place(stack, demo.request(stack, key), key)
        _wait(stack, order_id, tables.is_over)
        return order_id

    return order


def _parked(stack: Stack) -> str:
    """Return an order that is charged, cancelled, and cannot be refunded: another one, if somebody settled the last."""
    body = {**demo.request(stack, demo.SUCCEEDS), "paymentToken": _UNREFUNDABLE}
    placed = (demo.place(stack, body, f"sample-parked-{number}") for number in count(1))
    order_id = next(each for each in placed if not tables.has_ended(tables.order_row(stack, each)))
    _wait(stack, order_id, _gave_up)
    actions.cancel(stack, order_id, "sample of an order that is parked")
    _wait(stack, order_id, tables.is_parked)
    return order_id


def _gave_up(order: tables.Item) -> bool:
    """Return whether its payment has been tried: only then is there something to refund."""
    return order["status"] != "PENDING" or tables.is_paused(order)


def _wait(stack: Stack, order_id: str, state: Callable[[tables.Item], bool]) -> None:
    late = f"order {order_id}, which the sample events need, is in another state after {_LONGEST_WAIT} s"
    wait_until(lambda: state(tables.order_row(stack, order_id)), _LONGEST_WAIT, late)


_ORDERS: dict[str, Callable[[Stack], str]] = {
    CONFIRMED: _of_the_demo(demo.SUCCEEDS),
    DECLINED: _of_the_demo(demo.DECLINED),
    PARKED: _parked,
}
