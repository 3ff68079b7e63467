"""Three orders that show the saga at work: one that succeeds, one declined, one out of stock."""

from dataclasses import dataclass
from typing import Any

from saga.local.catalogue import CATALOGUE
from saga.orders import actions
from saga.orders.attempts import Attempt, visits
from saga.orders.watch import follow
from saga.stack import products
from saga.stack.stack import Stack
from saga.text.safe import clean

_LONGEST_SAGA = 120  # seconds


def _order(product_id: str, quantity: int, price: float, payment_token: str) -> dict[str, Any]:
    """Return the body of a request for one product; `price` in major units."""
    items = [{"productId": product_id, "quantity": quantity, "price": price}]
    return {"customerId": "customer-123", "items": items, "paymentToken": payment_token}


SUCCEEDS = _order("laptop", 1, 1299.99, "pm_ok")

# Title, idempotency key, request and outcome of each order. The sample events in `events/` are about these orders.
_ORDERS = (
    ("all goes well", "sample-confirmed", SUCCEEDS, "CONFIRMED"),
    ("the payment is declined", "sample-declined", _order("PROD-002", 2, 199.99, "pm_declined"), "FAILED"),
    ("out of stock", "sample-out-of-stock", _order("PROD-003", 1000, 799.99, "pm_ok"), "FAILED"),
)
REQUESTS = {key: body for _, key, body, _ in _ORDERS}
_PRODUCTS = {line["productId"] for body in REQUESTS.values() for line in body["items"]}


@dataclass(frozen=True)
class Report:
    """How an order ended. `text` is two lines: the outcome, and the path through the states."""

    order_id: str
    title: str
    status: str
    text: str
    as_expected: bool

    @property
    def json(self) -> dict[str, Any]:
        """The same for programs."""
        return {"orderId": self.order_id, "title": self.title, "status": self.status}


def run(stack: Stack) -> list[Report]:
    """Place the orders at the same time, wait for their sagas to end, and report. Adds products that are missing."""
    products.add(stack, [product for product in CATALOGUE if product.product_id in _PRODUCTS])
    placed = [(title, actions.place(stack, body, key)["orderId"], end) for title, key, body, end in _ORDERS]
    return [_report(stack, title, order_id, end) for title, order_id, end in placed]


def _report(stack: Stack, title: str, order_id: str, end: str) -> Report:
    *_, record = follow(stack, order_id, _LONGEST_SAGA)
    reason = record.order.get("reason", {})
    outcome = ", ".join(filter(None, [record.status, reason.get("reason"), reason.get("cause")]))
    states = " → ".join(_state(visit[-1]) for visit in visits(record))
    text = f"{title}: order {order_id} is {outcome}\n  {states}"
    return Report(order_id, title, record.status, text, record.status == end)


def _state(attempt: Attempt) -> str:
    error = f" ({clean(attempt.error)})" if attempt.error else ""
    return f"{attempt.outcome.glyph} {attempt.state}{error}"
