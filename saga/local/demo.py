"""Three orders that show the saga at work: one that succeeds, one declined, one out of stock."""

from dataclasses import dataclass
from typing import Any

from saga.orders import actions
from saga.orders.attempts import Attempt, visits
from saga.orders.watch import follow
from saga.stack.stack import Stack
from saga.text.safe import clean

_LONGEST_SAGA = 120  # seconds


def _order(product_id: str, quantity: int, price: float, payment_token: str) -> dict[str, Any]:
    """Return the body of a request for one product; `price` in major units."""
    items = [{"productId": product_id, "quantity": quantity, "price": price}]
    return {"customerId": "customer-123", "items": items, "paymentToken": payment_token}


SUCCEEDS = _order("laptop", 1, 1299.99, "pm_ok")

# Title, idempotency key and request of each order. The sample events in `events/` are about these orders.
_ORDERS = (
    ("all goes well", "sample-confirmed", SUCCEEDS),
    ("the payment is declined", "sample-declined", _order("PROD-002", 2, 199.99, "pm_declined")),
    ("out of stock", "sample-out-of-stock", _order("PROD-003", 1000, 799.99, "pm_ok")),
)


@dataclass(frozen=True)
class Report:
    """How an order ended. `text` is two lines: the outcome, and the path through the states."""

    order_id: str
    title: str
    status: str
    text: str


def run(stack: Stack) -> list[Report]:
    """Place the orders at the same time, wait for their sagas to end, and report."""
    placed = [(title, actions.place(stack, body, key)["orderId"]) for title, key, body in _ORDERS]
    return [_report(stack, title, order_id) for title, order_id in placed]


def _report(stack: Stack, title: str, order_id: str) -> Report:
    *_, record = follow(stack, order_id, _LONGEST_SAGA)
    reason = record.order.get("reason", {})
    outcome = ", ".join(filter(None, [record.status, reason.get("reason"), reason.get("cause")]))
    states = " → ".join(_state(visit[-1]) for visit in visits(record))
    return Report(order_id, title, record.status, f"{title}: order {order_id} is {outcome}\n  {states}")


def _state(attempt: Attempt) -> str:
    error = f" ({clean(attempt.error)})" if attempt.error else ""
    return f"{attempt.outcome.glyph} {attempt.state}{error}"
