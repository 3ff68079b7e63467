"""The clients: customers who place, read, cancel and return orders, and the operator who resumes them."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support import world
from tests.support.steps import sample
from verification.simulator.names.saga_table import HAS_QUEUES, PLACE, REQUEST, SAGA
from verification.simulator.run_plan import FREE, OrderRequest, Wish
from verification.simulator.world.scheduler import Result

if TYPE_CHECKING:
    from verification.simulator.world.simulation import Simulation

PLACE_EVENT, READ_EVENT = sample("place_order"), sample("get_order")
CANCEL_EVENT = sample("request_cancellation")
OK, ACCEPTED, REFUSED, NO_RESPONSE = 200, 202, 422, 502
PRICES = {**world.PRICES, FREE: 0}
PATH, ID, PARAMETER = f"/{SAGA.name}s", f"{SAGA.name}Id", f"{SAGA.name}_id"
PLACED = OK if HAS_QUEUES else ACCEPTED
READS = ("GetTransaction",) if HAS_QUEUES else ("GetOrder", "GetOrderEvents", "GetReturns")


@dataclass(frozen=True)
class Response:
    """The API's response to an order request. `other_body` marks a second body under the same key."""

    request: OrderRequest
    other_body: bool
    status: int
    order_id: str = ""
    replayed: bool = False


@dataclass(frozen=True)
class Returned:
    """The API's response to a request to return items of an order."""

    order_id: str
    wish: Wish
    status: int
    return_id: str = ""
    replayed: bool = False


class Clients:
    """Sends requests, and remembers the responses."""

    def __init__(self, sim: "Simulation") -> None:
        self.responses: list[Response] = []
        self.returned: list[Returned] = []
        self.cancellations_requested: set[str] = set()  # order ids
        self.cancellations_accepted: set[str] = set()
        self._sim = sim

    def place(self, request: OrderRequest, *, other_body: bool = False) -> None:
        """Send `POST /orders`, or `POST /transactions`."""

        def on_end(result: Result) -> None:
            status, body, headers = _read(result)
            replayed = "Idempotency-Replayed" in headers
            self.responses.append(Response(request, other_body, status, body.get(ID, ""), replayed))
            self._sim.trace.add("client", f"gets {status}{', replayed' if replayed else ''}")

        event = _post(PATH, request.key, _body(request, other_body=other_body))
        self._sim.invoke("client", PLACE, event, on_end)

    def cancel(self, order_id: str) -> None:
        """Send `POST /orders/{orderId}/cancel`."""

        def on_end(result: Result) -> None:
            status, _, _ = _read(result)
            if status == ACCEPTED:
                self.cancellations_accepted.add(order_id)
            self._sim.trace.add("customer", f"gets {status}")

        self.cancellations_requested.add(order_id)
        event = {**CANCEL_EVENT, "pathParameters": {PARAMETER: order_id}}
        self._sim.invoke("customer", REQUEST, event, on_end, order_id)

    def give_back(self, order_id: str, wish: Wish) -> None:
        """Send `POST /orders/{orderId}/returns`."""

        def on_end(result: Result) -> None:
            status, body, headers = _read(result)
            replayed = "Idempotency-Replayed" in headers
            self.returned.append(Returned(order_id, wish, status, body.get("returnId", ""), replayed))
            self._sim.trace.add("customer", f"gets {status} for a return{', replayed' if replayed else ''}")

        (row,) = (row for row in self._sim.rows("SAGAS") if row["orderId"] == order_id)
        items = [
            {"productId": line["productId"], "quantity": min(wish.pieces, line["quantity"])}
            for line in row["items"][: wish.products]
        ]
        body = {"items": items, **({"reason": wish.reason} if wish.reason else {})}
        event = {**_post(f"{PATH}/{order_id}/returns", wish.key, body), "pathParameters": {PARAMETER: order_id}}
        self._sim.invoke("customer", "RequestReturn", event, on_end, order_id)

    def read(self, order_id: str) -> None:
        """Send every request that reads an order: all must answer at any time."""

        def on_end(result: Result) -> None:
            status, body, _ = _read(result)
            if status == OK and body[ID] != order_id:
                self._sim.violations.append("the API shows another order")

        event = {**READ_EVENT, "pathParameters": {PARAMETER: order_id}}
        for function in READS:
            self._sim.invoke("customer", function, event, on_end, order_id)

    def resume(self, order_id: str) -> None:
        """Resume a parked order, as the operator's command does."""
        payload = {"orderId": order_id, "reason": "the gateway is restored"}
        self._sim.invoke("operator", "ResumeOrder", payload, lambda _: None, order_id)

    def has_outcome(self, request: OrderRequest) -> bool:
        """Return whether the customer knows that the order was accepted or refused."""
        responses = [each for each in self.responses if each.request == request and not each.other_body]
        return any(response.status in (PLACED, REFUSED) for response in responses)

    def has_placed(self, request: OrderRequest) -> bool:
        """Return whether the request, with either body, became an order."""
        return any(response.status == PLACED for response in self.responses if response.request == request)


def _read(result: Result) -> tuple[int, dict[str, Any], dict[str, Any]]:
    if result.error:
        return NO_RESPONSE, {}, {}
    return result.value["statusCode"], json.loads(result.value["body"]), result.value["headers"]


def _post(path: str, key: str, body: object) -> dict[str, Any]:
    headers = {"multiValueHeaders": {"x-idempotency-key": [key]} if key else {}, "headers": {}}
    return {**PLACE_EVENT, **headers, "path": path, "body": json.dumps(body)}


def _body(request: OrderRequest, *, other_body: bool) -> dict[str, Any]:
    quantity = request.quantity + other_body
    if HAS_QUEUES:
        (product,) = request.products
        line = {"productId": product, "quantity": quantity, "amount": PRICES[product] * quantity / 100}
        return {"customerId": request.customer, **line, "paymentToken": request.token}
    items = [
        {"productId": product, "quantity": quantity, "price": PRICES[product] / 100} for product in request.products
    ]
    return {"customerId": request.customer, "items": items, "paymentToken": request.token}
