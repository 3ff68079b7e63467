"""The orders, transactions and returns that the sample events are about.

The IDs in `events/` stand for them: each stack derives its own.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

from saga.engine.background import wait_until
from saga.failures import Failure
from saga.http import call
from saga.local import demo
from saga.orders import actions
from saga.stack import tables
from saga.stack.stack import Stack
from saga.text.safe import clean

CONFIRMED = "11111111-1111-4111-8111-111111111111"
DECLINED = "22222222-2222-4222-8222-222222222222"
PARKED = "33333333-3333-4333-8333-333333333333"
COMPLETED = "44444444-4444-4444-8444-444444444444"  # a transaction
UNPAID = "55555555-5555-4555-8555-555555555555"  # a transaction whose payment was declined
RETURNED = "66666666-6666-4666-8666-666666666666"  # a return

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


def _transaction(payment_token: str) -> Callable[[Stack], str]:
    def transaction(stack: Stack) -> str:
        (line,) = demo.request(stack, demo.SUCCEEDS)["items"]
        amount = line.pop("price") * line["quantity"]
        body = {"customerId": "customer-123", **line, "amount": amount, "paymentToken": payment_token}
        return _posted(stack, "transactions", body, f"sample-{payment_token}-{amount}", "transactionId")

    return transaction


def _return(stack: Stack) -> str:
    """Return the return that the sample event requests."""
    order_id = _of_the_demo(demo.SUCCEEDS)(stack)
    body = {"items": [{"productId": "laptop", "quantity": 1}], "reason": "changed my mind"}
    return _posted(stack, f"orders/{order_id}/returns", body, "sample-event", "returnId")


def _posted(stack: Stack, path: str, body: dict[str, Any], key: str, name: str) -> str:
    """Have the API accept a request, and wait until its saga is over. Return the ID, which the answer has by name."""
    _, answer = call(f"{stack.api_url}/{path}", body, {"x-idempotency-key": key})
    if name not in answer:
        raise Failure(f"the API refused {path}, which the sample events need: {clean(str(answer))}")
    _wait(stack, answer[name], tables.is_over)
    return str(answer[name])


_ORDERS: dict[str, Callable[[Stack], str]] = {
    CONFIRMED: _of_the_demo(demo.SUCCEEDS),
    DECLINED: _of_the_demo(demo.DECLINED),
    PARKED: _parked,
    COMPLETED: _transaction("pm_ok"),
    UNPAID: _transaction("pm_declined"),
    RETURNED: _return,
}
