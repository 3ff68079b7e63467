"""The clients: customers who place, read and cancel orders, and the operator who resumes them."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support import world
from tests.support.steps import sample
from verification.simulator.run_plan import FREE, OrderRequest
from verification.simulator.world.scheduler import Result

if TYPE_CHECKING:
    from verification.simulator.world.simulation import Simulation

EVENTS = {name: sample(name) for name in ("place_order", "request_cancellation", "get_order", "get_order_events")}
OK, ACCEPTED, REFUSED, NO_RESPONSE = 200, 202, 422, 502
PRICES = {**world.PRICES, FREE: 0}


@dataclass(frozen=True)
class Response:
    """The API's response to an order request. `other_body` marks a second body under the same key."""

    request: OrderRequest
    other_body: bool
    status: int
    order_id: str = ""
    replayed: bool = False


class Clients:
    """Sends requests, and remembers the responses."""

    def __init__(self, sim: "Simulation") -> None:
        self.responses: list[Response] = []
        self.cancellations_requested: set[str] = set()  # order ids
        self.cancellations_accepted: set[str] = set()
        self._sim = sim

    def place(self, request: OrderRequest, *, other_body: bool = False) -> None:
        """Send `POST /orders`."""

        def on_end(result: Result) -> None:
            status, body, headers = _read(result)
            replayed = "Idempotency-Replayed" in headers
            self.responses.append(Response(request, other_body, status, body.get("orderId", ""), replayed))
            self._sim.trace.add("client", f"gets {status}{', replayed' if replayed else ''}")

        headers = {"multiValueHeaders": {"x-idempotency-key": [request.key]} if request.key else {}, "headers": {}}
        body = json.dumps(_body(request, other_body=other_body))
        self._sim.invoke("client", "PlaceOrder", {**EVENTS["place_order"], **headers, "body": body}, on_end)

    def cancel(self, order_id: str) -> None:
        """Send `POST /orders/{orderId}/cancel`."""

        def on_end(result: Result) -> None:
            status, _, _ = _read(result)
            if status == ACCEPTED:
                self.cancellations_accepted.add(order_id)
            self._sim.trace.add("customer", f"gets {status}")

        self.cancellations_requested.add(order_id)
        event = {**EVENTS["request_cancellation"], "path": f"/orders/{order_id}/cancel"}
        self._sim.invoke("customer", "RequestCancellation", event, on_end, order_id)

    def read(self, order_id: str) -> None:
        """Send `GET /orders/{orderId}` and `GET /orders/{orderId}/events`: both must answer at any time."""

        def on_end(result: Result) -> None:
            status, body, _ = _read(result)
            if status == OK and body["orderId"] != order_id:
                self._sim.violations.append("the API shows another order")

        for function, name, rest in (("GetOrder", "get_order", ""), ("GetOrderEvents", "get_order_events", "/events")):
            event = {**EVENTS[name], "path": f"/orders/{order_id}{rest}"}
            self._sim.invoke("customer", function, event, on_end, order_id)

    def resume(self, order_id: str) -> None:
        """Resume a parked order, as the operator's command does."""
        payload = {"orderId": order_id, "reason": "the gateway is restored"}
        self._sim.invoke("operator", "ResumeOrder", payload, lambda _: None, order_id)

    def has_outcome(self, request: OrderRequest) -> bool:
        """Return whether the customer knows that the order was accepted or refused."""
        responses = [each for each in self.responses if each.request == request and not each.other_body]
        return any(response.status in (ACCEPTED, REFUSED) for response in responses)

    def has_placed(self, request: OrderRequest) -> bool:
        """Return whether the request, with either body, became an order."""
        return any(response.status == ACCEPTED for response in self.responses if response.request == request)


def _read(result: Result) -> tuple[int, dict[str, Any], dict[str, Any]]:
    if result.error:
        return NO_RESPONSE, {}, {}
    return result.value["statusCode"], json.loads(result.value["body"]), result.value["multiValueHeaders"]


def _body(request: OrderRequest, *, other_body: bool) -> dict[str, Any]:
    items = [
        {"productId": product, "quantity": request.quantity + other_body, "price": PRICES[product] / 100}
        for product in request.products
    ]
    return {"customerId": request.customer, "items": items, "paymentToken": request.token}
