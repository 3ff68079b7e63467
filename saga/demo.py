"""Three orders that show the saga at work: one that succeeds, one declined, one out of stock."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from saga.failure import Failure
from saga.http import call
from saga.stack import Stack
from saga.wait import wait_until

_PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Demonstration:
    """What an order shows, its idempotency key, and the body of its request. `events/` is about these orders."""

    title: str
    key: str
    body: dict[str, Any]


def order(product_id: str, quantity: int, price: float, payment_token: str) -> dict[str, Any]:
    """The body of a request for one product."""
    items = [{"productId": product_id, "quantity": quantity, "price": price}]
    return {"customerId": "customer-123", "items": items, "paymentToken": payment_token}


SUCCEEDS = order("laptop", 1, 1299.99, "pm_ok")

DEMONSTRATIONS = (
    Demonstration("all goes well", "sample-confirmed", SUCCEEDS),
    Demonstration("the payment is declined", "sample-declined", order("PROD-002", 2, 199.99, "pm_declined")),
    Demonstration("out of stock", "sample-out-of-stock", order("PROD-003", 1000, 799.99, "pm_ok")),
)


def place(stack: Stack, demonstration: Demonstration) -> str:
    """Places the order, once, and gives its id. Raises Failure when it is not accepted."""
    key = {"x-idempotency-key": demonstration.key}
    status, answer = call(f"{stack.api_url}/orders", demonstration.body, key)
    if status != HTTPStatus.ACCEPTED:
        raise Failure(f"POST {stack.api_url}/orders answered {status}: {answer}")
    return str(answer["orderId"])


@dataclass(frozen=True)
class Report:
    """What became of an order, and in two lines by which path."""

    order_id: str
    title: str
    status: str
    words: str


def report(stack: Stack, demonstration: Demonstration, order_id: str) -> Report:
    """Waits for the order's saga to end, and tells what became of it."""
    from saga.orders import history, reading  # noqa: PLC0415 - boto3 costs half a second

    execution = reading.events_of(stack, order_id)[0].execution(order_id)
    wait_until(
        lambda: history.has_ended(stack, execution), _PATIENCE_SECONDS, f"the saga of order {order_id} does not end"
    )
    view = call(f"{stack.api_url}/orders/{order_id}")[1]
    path = " → ".join(map(history.words, history.path(stack, execution)))
    words = f"{demonstration.title}: order {order_id} is {_outcome(view)}\n  {path}"
    return Report(order_id, demonstration.title, view["status"], words)


def _outcome(view: dict[str, Any]) -> str:
    reason: dict[str, str] = view.get("reason", {})
    return ", ".join([view["status"], *reason.values()])
