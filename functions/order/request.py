"""The requests that the API accepts: bounded, strictly typed, without unknown fields."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import from_json

from order.domain import MAX_QUANTITY, Line, Order, merged
from order.money import to_minor
from order.problems import Problem

MAX_BODY = 64 * 1024  # bytes
MAX_KEY = 255  # characters
KEY_HEADERS = ("x-idempotency-key", "idempotency-key")

Text = Annotated[str, Field(min_length=1, max_length=255)]
Price = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class Strict(BaseModel):
    """A model that rejects unknown fields and does not coerce types; its JSON names are camelCase."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class LineRequest(Strict):
    """A line of the order request."""

    product_id: Text
    quantity: Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
    price: Annotated[Price, Field(strict=False)]


class OrderRequest(Strict):
    """The body of a request to place an order."""

    customer_id: Text
    items: Annotated[list[LineRequest], Field(min_length=1, max_length=25)]
    payment_token: Text = "pm_ok"  # noqa: S105  a token of the simulated gateway


class CancellationRequest(Strict):
    """The body of a request to cancel an order."""

    reason: Text = "the customer cancelled the order"


def parse_order(body: str | None) -> Order:
    """Parse the order in the request's body.

    Raises:
        Problem: 400, it is not JSON; 413, it is too large; 422, it is not a valid order, with one error per field.
    """
    request = _read(OrderRequest, body or "", "order")
    try:
        return _order(request)
    except ValueError as conflict:
        raise Problem(422, "This is not a valid order", str(conflict)) from None


def parse_reason(body: str | None) -> str:
    """Parse the reason for a cancellation; a request without a body gets the default one.

    Raises:
        Problem: as for `parse_order`.
    """
    return _read(CancellationRequest, body or "{}", "cancellation").reason


def parse_key(headers: dict[str, str]) -> str | None:
    """Return the idempotency key; the names of headers are case-insensitive.

    Raises:
        Problem: 400, the key is empty, too long or not printable, or there are two different keys.
    """
    keys = {value for name, value in headers.items() if name.lower() in KEY_HEADERS}
    if not keys:
        return None
    key = keys.pop()
    if keys:
        raise Problem(400, "Two idempotency keys", f"{' and '.join(KEY_HEADERS)} differ.")
    if not 1 <= len(key) <= MAX_KEY or not key.isprintable():
        raise Problem(400, "The idempotency key is not valid", f"It has 1 to {MAX_KEY} printable characters.")
    return key


def _read[T: Strict](model: type[T], body: str, what: str) -> T:
    raw = body.encode()
    if len(raw) > MAX_BODY:
        raise Problem(413, "The body is too large", f"It may have {MAX_BODY} bytes.")
    try:
        return model.model_validate(_json(raw))
    except ValidationError as invalid:
        raise _problem(invalid, what) from None


def _json(raw: bytes) -> Any:  # noqa: ANN401  whatever the client sent
    try:
        return from_json(raw)
    except ValueError as malformed:
        raise Problem(400, "The body is not JSON", str(malformed)) from None


def _order(request: OrderRequest) -> Order:
    lines = [
        Line(each.product_id, each.quantity, to_minor(each.price), position)
        for position, each in enumerate(request.items)
    ]
    return Order(request.customer_id, merged(lines), request.payment_token)


def _problem(invalid: ValidationError, what: str) -> Problem:
    errors: list[dict[str, Any]] = [
        {"field": ".".join(str(part) for part in error["loc"]), "message": error["msg"]}
        for error in invalid.errors(include_url=False, include_input=False, include_context=False)
    ]
    return Problem(422, f"This is not a valid {what}", "Each error names its field.", errors=errors)
