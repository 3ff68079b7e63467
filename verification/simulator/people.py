"""The people around the saga: customers who place orders, ask again and cancel, and the operator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.steps import sample
from tests.support.world import PRICES

if TYPE_CHECKING:
    from verification.simulator.actors import Ended
    from verification.simulator.choices import Wish
    from verification.simulator.run import Run

REQUESTS = {name: sample(name) for name in ("place_order", "request_cancellation", "get_order", "get_order_events")}


@dataclass(frozen=True)
class Answer:
    """What came back to a customer who placed an order: of which wish, in which wording, and what it said."""

    wish: Wish
    other_body: bool
    status: int
    order_id: str = ""
    replayed: bool = False


class People:
    """What they did, and what they were told."""

    def __init__(self, run: Run) -> None:
        self.answers: list[Answer] = []
        self.promised: set[str] = set()  # orders of which somebody was told that they are cancelled
        self.asked: set[str] = set()  # orders that a customer wanted cancelled
        self._run = run

    def place(self, wish: Wish, *, other_body: bool = False) -> None:
        """Send `POST /orders`."""
        headers = {"x-idempotency-key": wish.key} if wish.key else {}
        request = {
            **REQUESTS["place_order"],
            "headers": headers,
            "body": json.dumps(_body(wish, other_body=other_body)),
        }
        self._run.act("client", "PlaceOrder", request, lambda ended: self._placed(wish, other_body, ended))

    def cancel(self, order_id: str) -> None:
        """Send `POST /orders/{orderId}/cancel`."""
        self.asked.add(order_id)
        request = {**REQUESTS["request_cancellation"], "path": f"/orders/{order_id}/cancel"}
        self._run.act("customer", "RequestCancellation", request, lambda e: self._cancelled(order_id, e), order_id)

    def look(self, order_id: str) -> None:
        """Send `GET /orders/{orderId}` and `GET /orders/{orderId}/events`: both must answer at any time."""
        for function, stem, rest in (("GetOrder", "get_order", ""), ("GetOrderEvents", "get_order_events", "/events")):
            request = {**REQUESTS[stem], "path": f"/orders/{order_id}{rest}"}
            self._run.act("customer", function, request, lambda ended: self._seen(order_id, ended), order_id)

    def resume(self, order_id: str) -> None:
        """Take an order out of the car park, as the operator's command does."""
        payload = {"orderId": order_id, "reason": "the gateway is said to be well"}
        self._run.act("operator", "ResumeOrder", payload, lambda _: None, order_id)

    def has_answer(self, wish: Wish) -> bool:
        """Tell whether the customer knows what became of his wish."""
        return any(answer.status in (ACCEPTED, REFUSED) for answer in self._first(wish))

    def has_placed(self, wish: Wish) -> bool:
        """Tell whether the wish, in whatever wording, became an order."""
        return any(answer.status == ACCEPTED for answer in self.answers if answer.wish == wish)

    def _first(self, wish: Wish) -> list[Answer]:
        return [answer for answer in self.answers if answer.wish == wish and not answer.other_body]

    def _placed(self, wish: Wish, other_body: bool, ended: Ended) -> None:  # noqa: FBT001  as it was sent
        status, body, headers = _read(ended)
        replayed = "Idempotency-Replayed" in headers
        self.answers.append(Answer(wish, other_body, status, body.get("orderId", ""), replayed))
        self._run.story.tell("client", f"is answered {status}{', replayed' if replayed else ''}")
        self._run.tally.hit("answer", f"POST /orders {status}{' replayed' if replayed else ''}")

    def _cancelled(self, order_id: str, ended: Ended) -> None:
        status, _, _ = _read(ended)
        if status == ACCEPTED:
            self.promised.add(order_id)
        self._run.story.tell("customer", f"is answered {status}")
        self._run.tally.hit("answer", f"POST /orders/…/cancel {status}")

    def _seen(self, order_id: str, ended: Ended) -> None:
        status, body, _ = _read(ended)
        if status == OK and body["orderId"] != order_id:
            self._run.watch.found.append("the API shows another order")
        self._run.tally.hit("answer", f"GET {status}")


OK, ACCEPTED, REFUSED = 200, 202, 422
NO_ANSWER = 502


def _read(ended: Ended) -> tuple[int, dict[str, Any], dict[str, Any]]:
    if ended.error:
        return NO_ANSWER, {}, {}
    return ended.value["statusCode"], json.loads(ended.value["body"]), ended.value["multiValueHeaders"]


def _body(wish: Wish, *, other_body: bool) -> dict[str, Any]:
    items = [
        {"productId": product, "quantity": wish.quantity + other_body, "price": PRICES[product] / 100}
        for product in wish.products
    ]
    return {"customerId": wish.customer, "items": items, "paymentToken": wish.token}
