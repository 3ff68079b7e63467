"""Three orders that show the saga at work: one that succeeds, one declined, one out of stock."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from saga.failures import UsageFailure
from saga.local.catalogue import CATALOGUE
from saga.orders import actions
from saga.orders.attempts import Attempt, visits
from saga.orders.watch import follow
from saga.stack import products
from saga.stack.stack import Stack
from saga.text.safe import clean

_LONGEST_SAGA = 120  # seconds
_MOST = 1000  # pieces of one product in an order, a limit of the API


@dataclass(frozen=True)
class _Sample:
    title: str
    product_id: str
    quantity: int
    payment_token: str
    outcome: str


SUCCEEDS, DECLINED, _OUT_OF_STOCK = "sample-confirmed", "sample-declined", "sample-out-of-stock"

# By idempotency key. The sample events in `events/` are about these orders.
_SAMPLES = {
    SUCCEEDS: _Sample("all goes well", "laptop", 1, "pm_ok", "CONFIRMED"),
    DECLINED: _Sample("the payment is declined", "PROD-002", 2, "pm_declined", "FAILED"),
    _OUT_OF_STOCK: _Sample("out of stock", "PROD-003", _MOST, "pm_ok", "FAILED"),
}
_PRODUCTS = {sample.product_id for sample in _SAMPLES.values()}


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
    """Place the orders at the same time, wait for their sagas to end, and report. Adds products that are missing.

    Raises:
        UsageFailure: no product can be out of stock. Nothing was placed.
    """
    products.add(stack, [product for product in CATALOGUE if product.product_id in _PRODUCTS])
    bodies = {key: request(stack, key) for key in _SAMPLES}
    placed = [(_SAMPLES[key], place(stack, body, key)) for key, body in bodies.items()]
    return [_report(stack, sample.title, order_id, sample.outcome) for sample, order_id in placed]


def request(stack: Stack, key: str) -> dict[str, Any]:
    """Return the body of an order, at the catalogue's prices."""
    sample = _SAMPLES[key]
    product_id = _scarce(stack, sample.product_id) if key == _OUT_OF_STOCK else sample.product_id
    lines = actions.priced(stack, {product_id: sample.quantity})
    return {"customerId": "customer-123", "items": lines, "paymentToken": sample.payment_token}


def place(stack: Stack, body: dict[str, Any], key: str) -> str:
    """Place an order, unless it was placed before, and return its ID. With another body, it is another order."""
    content = hashlib.sha256(json.dumps(body).encode()).hexdigest()[:12]
    return str(actions.place(stack, body, f"{key}-{content}")["orderId"])


def _scarce(stack: Stack, product_id: str) -> str:
    """Return this product, or else another one of which fewer pieces are available than an order may have."""
    found = sorted(products.products(stack), key=lambda each: each.product_id != product_id)
    if scarce := next((each for each in found if each.available < _MOST), None):
        return scarce.product_id
    raise UsageFailure(f"no order can be out of stock here: every product has {_MOST} pieces or more")


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
