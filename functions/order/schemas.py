"""The bodies that the API accepts: bounded, strictly typed, without unknown fields."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from order import body
from order.domain import MAX_QUANTITY, Line, LineConflict, Order, merged
from order.money import MAX_AMOUNT, to_minor, to_number
from order.request import Request, invalid

Text = Annotated[str, Field(min_length=1, max_length=255)]


def _number(value: object) -> Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise ValueError("Input should be a number")


Price = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2), BeforeValidator(_number)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2), BeforeValidator(_number)]  # as MAX_AMOUNT


class Strict(BaseModel):
    """A model that rejects unknown fields and does not coerce types; its JSON names are camelCase."""

    # Deferred, because a function validates with one of the models and need not build the others.
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel, defer_build=True)


class LineRequest(Strict):
    """A line of the order request."""

    product_id: Text
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
    price: Price


class OrderRequest(Strict):
    """The body of a request to place an order."""

    customer_id: Text
    items: Annotated[list[LineRequest], Field(min_length=1, max_length=25)]
    payment_token: Text = "pm_ok"  # noqa: S105  a token of the simulated gateway


class TransactionRequest(Strict):
    """The body of a request to start a transaction; `amount` is the price of all pieces."""

    customer_id: Text
    product_id: Text
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
    amount: Amount
    payment_token: Text = "pm_ok"  # noqa: S105  a token of the simulated gateway


class ReturnedLine(Strict):
    """A line of a return."""

    product_id: Text
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]


class ReturnRequest(Strict):
    """The body of a request to return some items of an order."""

    items: Annotated[list[ReturnedLine], Field(min_length=1, max_length=25)]
    reason: Text = ""


class CancellationRequest(Strict):
    """The body of a request to cancel an order."""

    reason: Text = ""


def parse_order(event: Request) -> Order:
    """Parse the order in the request's body.

    Raises:
        Problem: as `body.parse`; 422, it is not a valid order, with one error per field.
    """
    request = _valid(OrderRequest, body.parse(event), "order")
    try:
        order = _order(request)
    except LineConflict as conflict:
        raise invalid("order", {conflict.field: str(conflict)}) from None
    if order.total > MAX_AMOUNT:
        raise invalid("order", {"items": f"the total is more than {to_number(MAX_AMOUNT)}"})
    return order


def parse_transaction(event: Request) -> Order:
    """Parse the transaction in the request's body, which is an order of one line.

    Raises:
        Problem: as for `parse_order`.
    """
    request = _valid(TransactionRequest, body.parse(event), "transaction")
    price, rest = divmod(to_minor(request.amount), request.quantity)
    if rest:
        raise invalid("transaction", {"amount": f"it cannot be split into {request.quantity} equal prices"})
    line = Line(request.product_id, request.quantity, price, "amount")
    return Order(request.customer_id, (line,), request.payment_token)


def parse_return(event: Request) -> tuple[dict[str, int], str]:
    """Parse the return in the request's body: quantities by product, and the customer's reason.

    Raises:
        Problem: as for `parse_order`.
    """
    request, quantities = _valid(ReturnRequest, body.parse(event), "return"), dict[str, int]()
    for line in request.items:
        quantities[line.product_id] = quantities.get(line.product_id, 0) + line.quantity
    return quantities, request.reason


def parse_reason(event: Request) -> str:
    """Parse the customer's reason for a cancellation, which may be missing, as may the body.

    Raises:
        Problem: as for `parse_order`.
    """
    return _valid(CancellationRequest, body.parse(event, absent="{}"), "cancellation").reason


def _valid[T: Strict](model: type[T], found: object, what: str) -> T:
    try:
        return model.model_validate(found)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False, include_context=False)
        raise invalid(what, {".".join(map(str, error["loc"])): error["msg"] for error in errors}) from None


def _order(request: OrderRequest) -> Order:
    lines = [
        Line(each.product_id, each.quantity, to_minor(each.price), f"items.{position}")
        for position, each in enumerate(request.items)
    ]
    return Order(request.customer_id, merged(lines), request.payment_token)
