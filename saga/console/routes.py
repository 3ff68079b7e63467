"""HTTP routes beside the pages: redirects, downloads, and the actions of the buttons."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from saga.console.labels import order_path
from saga.console.layout import NAME
from saga.console.security import Token
from saga.console.sources.source import Kind, NotSupported, Source
from saga.failures import NoSuchOrder, Unreachable, UsageFailure
from saga.graph import render
from saga.http import Json
from saga.operations import circuit, gateway, outbox_events, parked_orders
from saga.orders import actions
from saga.orders.listing import Filter
from saga.orders.record import to_json
from saga.orders.states import statuses
from saga.stack.products import products
from saga.text.money import major

_STATUS: dict[type[Exception], int] = {NotSupported: 403, NoSuchOrder: 404, UsageFailure: 422, Unreachable: 503}

Text = Annotated[str, Form(min_length=1, max_length=255)]
Count = Annotated[int, Form(ge=1)]


def reads(source: Source) -> APIRouter:
    """Return the redirects and the downloads."""
    router = APIRouter()

    @router.get("/")
    def start() -> RedirectResponse:
        is_file = source.environment().kind is Kind.FILE
        return RedirectResponse(order_path(source.orders(Filter())[0]["orderId"]) if is_file else "/orders", 303)

    @router.get("/find")
    def find(order: str) -> RedirectResponse:
        return RedirectResponse(order_path(order.strip()), 303)

    @router.get("/health")
    def health() -> Json:
        environment = source.environment()
        return {"console": NAME, "environment": environment.kind, "place": environment.place}

    @router.get("/orders/{order_id}/export.json")
    def export(order_id: str) -> Response:
        return _file(to_json(source.record(order_id)), "application/json", f"{order_id}.json")

    @router.get("/orders/{order_id}/graph.svg")
    def graph(order_id: str, at: int | None = None) -> Response:
        record = source.record(order_id)
        return _file(render(record.definition, statuses(record, at)), "image/svg+xml", f"{order_id}.svg")

    return router


def writes(source: Source, token: Token) -> APIRouter:
    """Return the actions. Each answers with a `message`, and a `location` if another page shows the result."""
    router = APIRouter(dependencies=[Depends(token.require)])

    @router.post("/orders")
    def place(customer: Text, product: Text, quantity: Count, payment: Text, key: Text) -> Json:
        items = [{"productId": product, "quantity": quantity, "price": _price(source, product)}]
        body = {"customerId": customer, "items": items, "paymentToken": payment}
        placed = source.act(actions.place, body, key)
        return {"message": "Order placed.", "location": order_path(placed["orderId"])}

    @router.post("/orders/{order_id}/cancel")
    def cancel(order_id: str, reason: Text) -> Json:
        source.act(actions.cancel, order_id, reason)
        return {"message": "Cancelled. The compensations are running."}

    @router.post("/orders/{order_id}/resume")
    def resume(order_id: str, reason: Text) -> Json:
        source.act(actions.resume, order_id, reason)
        source.act(parked_orders.delete_stale_messages)
        return {"message": "Resumed. A new execution is starting."}

    @router.post("/orders/{order_id}/restore-gateway")
    def restore_gateway(order_id: str) -> Json:
        source.act(gateway.restore, order_id)
        return {"message": "The simulated gateway can refund this order now."}

    @router.post("/outbox/{order_id}/{event_type}")
    def dispatch(order_id: str, event_type: str) -> Json:
        source.act(outbox_events.dispatch, order_id, event_type)
        return {"message": f"{event_type} was dispatched."}

    @router.post("/breaker/reset")
    def reset_breaker() -> Json:
        source.act(circuit.reset)
        return {"message": "The circuit is closed. The functions notice within a second."}

    return router


def answer_failure(_: Request, failure: Exception) -> JSONResponse:
    """Answer with the status of a failure; its message is the `detail`."""
    return JSONResponse({"detail": str(failure)}, _STATUS.get(type(failure), 409))


def _price(source: Source, product: str) -> float:
    for each in source.read(products):
        if each.product_id == product:
            return major(each.price)
    raise UsageFailure(f"the catalogue has no {product}")


def _file(content: str, media_type: str, name: str) -> Response:
    disposition = f"attachment; filename*=utf-8''{quote(name, safe='')}"
    headers = {"content-disposition": disposition, "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
