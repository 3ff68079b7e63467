"""What the console can do, as POST routes: the buttons of the pages use them, and everything passes the same guard."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException

from saga.console.security import Token
from saga.console.source import NotOffered, Source
from saga.failure import Failure, NoSuchOrder, Unreachable, UsageFailure
from saga.money import major
from saga.orders.record import Json

_STATUS = {NotOffered: 403, NoSuchOrder: 404, UsageFailure: 422, Unreachable: 503}
_ELSE = 409

Text = Annotated[str, Form(min_length=1, max_length=255)]
Count = Annotated[int, Form(ge=1)]


def writes(source: Source, token: Token) -> APIRouter:
    """The routes. Each answers with `words` for people, and `location` where another page shows what came of it."""
    router = APIRouter(dependencies=[Depends(token.require)])
    _add_orders(router, source)
    _add_operations(router, source)
    return router


def _add_orders(router: APIRouter, source: Source) -> None:
    @router.post("/orders")
    def place(customer: Text, product: Text, quantity: Count, payment: Text, key: Text) -> Json:
        placed = _done(lambda: source.place(_body(source, customer, product, quantity, payment), key))
        return {"words": "Placed.", "location": f"/orders/{placed['orderId']}", **placed}

    @router.post("/orders/{order_id}/cancel")
    def cancel(order_id: str, reason: Text) -> Json:
        _done(lambda: source.cancel(order_id, reason))
        return {"words": "It is cancelled: what was done is being undone.", "orderId": order_id}

    @router.post("/orders/{order_id}/resume")
    def resume(order_id: str, reason: Text) -> Json:
        _done(lambda: source.resume(order_id, reason))
        return {"words": "It is taken up again: its compensations start anew.", "orderId": order_id}

    @router.post("/orders/{order_id}/make-well")
    def make_well(order_id: str) -> Json:
        _done(lambda: source.make_well(order_id))
        return {"words": "The simulated gateway can refund this order now.", "orderId": order_id}


def _add_operations(router: APIRouter, source: Source) -> None:
    @router.post("/outbox/{order_id}/{event_type}")
    def dispatch(order_id: str, event_type: str) -> Json:
        _done(lambda: source.dispatch(order_id, event_type))
        return {"words": f"{event_type} is dispatched.", "orderId": order_id}

    @router.post("/breaker/reset")
    def reset_breaker() -> Json:
        _done(source.reset_breaker)
        return {"words": "The circuit is closed; the functions see it within a second."}


def _body(source: Source, customer: str, product: str, quantity: int, payment: str) -> Json:
    """The request to the API, at the catalogue's price. Raises UsageFailure for what the catalogue does not have."""
    price = next((major(each.price) for each in source.products() if each.product_id == product), None)
    if price is None:
        raise UsageFailure(f"the catalogue has no {product}")
    items = [{"productId": product, "quantity": quantity, "price": price}]
    return {"customerId": customer, "items": items, "paymentToken": payment}


def _done[T](work: Callable[[], T]) -> T:
    """Does it. Raises HTTPException with the words of the failure."""
    try:
        return work()
    except Failure as failure:
        raise HTTPException(_STATUS.get(type(failure), _ELSE), str(failure)) from failure
