"""The API without a network: requests as API Gateway passes them to the functions, and the responses."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support.asl import Json
from tests.support.lambdas import Context, handler
from tests.support.steps import sample
from tests.support.template import resources
from tests.support.world import PRICES

ORDER: dict[str, Any] = {
    "customerId": "customer-1",
    "items": [{"productId": "monitor", "quantity": 2, "price": PRICES["monitor"] / 100}],
    "paymentToken": "pm_ok",
}
TRANSACTION: dict[str, Any] = {
    "customerId": "customer-1",
    "productId": "monitor",
    "quantity": 2,
    "amount": 2 * PRICES["monitor"] / 100,
}
ONE_BACK: dict[str, Any] = {"items": [{"productId": "monitor", "quantity": 1}]}


@dataclass(frozen=True)
class Answer:
    """The response that a client gets."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Json:
        """The parsed body."""
        return json.loads(self.text)

    @property
    def fields(self) -> set[str]:
        """The fields that the response reports as invalid."""
        return {error["field"] for error in self.body.get("errors", [])}


def post(
    body: Json = ORDER,
    key: str | None = None,
    headers: Mapping[str, str | list[str]] | None = None,
    function: str = "PlaceOrder",
    **event: Json,
) -> Answer:
    """Send `POST /orders`; a text body is sent unchanged, and a header with a list of values once for each."""
    named = {"x-idempotency-key": key} if key is not None else {}
    text = body if isinstance(body, str | None) else json.dumps(body)
    request = {**sample("place_order"), "body": text, **_headers({**(headers or {}), **named}), **event}
    return _send(function, request)


def post_transaction(body: Json = TRANSACTION, key: str | None = None, **event: Json) -> Answer:
    """Send `POST /transactions`, as `post` does."""
    return post(body, key, function="PlaceTransaction", **{"path": "/transactions", **event})


def post_return(order_id: str, body: Json = ONE_BACK, key: str | None = None, **event: Json) -> Answer:
    """Send `POST /orders/{orderId}/returns`, as `post` does."""
    return post(body, key, function="RequestReturn", **{"path": f"/orders/{order_id}/returns", **event})


def cancel(
    order_id: str,
    body: str | None = None,
    headers: Mapping[str, str | list[str]] | None = None,
    kind: str = "order",
) -> Answer:
    """Send `POST /orders/{orderId}/cancel` with the body unchanged, or the same for a transaction."""
    request = {**sample("request_cancellation"), "path": f"/{kind}s/{order_id}/cancel", "body": body}
    name = "RequestCancellation" if kind == "order" else "RevokeTransaction"
    return _send(name, {**request, **_headers(headers or {})})


def get(path: str) -> Answer:
    """Send a `GET` for an order, its events or its returns, or for a transaction."""
    name, stem = ("GetOrderEvents", "get_order_events") if path.endswith("/events") else ("GetOrder", "get_order")
    name = "GetReturns" if path.endswith("/returns") else name
    return _send("GetTransaction" if path.startswith("/transactions") else name, {**sample(stem), "path": path})


def _headers(headers: Mapping[str, str | list[str]]) -> dict[str, Any]:
    """Return the headers as API Gateway passes them on: all values, and the last one of each."""
    every = {name: [value] if isinstance(value, str) else value for name, value in headers.items()}
    return {"headers": {name: values[-1] for name, values in every.items()}, "multiValueHeaders": every}


def _send(name: str, event: dict[str, Any]) -> Answer:
    route = _route(name).match(event["path"])
    assert route, f"API Gateway does not send {event['path']} to {name}"
    answer = handler(f"{name}Function")({**event, "pathParameters": route.groupdict() or None}, Context())
    return Answer(answer["statusCode"], answer["headers"], answer["body"])


@cache
def _route(name: str) -> re.Pattern[str]:
    (event,) = resources("AWS::Serverless::Function")[f"{name}Function"]["Properties"]["Events"].values()
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]*)", event["Properties"]["Path"]))
