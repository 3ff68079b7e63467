"""What an operator can do about an order."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import quote

from saga import rows
from saga.failure import Failure, NoSuchOrder, UsageFailure
from saga.http import call
from saga.money import major
from saga.orders import words
from saga.orders.effects import to_undo
from saga.orders.facts import Json
from saga.orders.record import Record
from saga.products import Product
from saga.stack import Stack

_LONGEST_REASON = 255  # characters, as the API and the function have it


def priced(stack: Stack, quantities: dict[str, int]) -> list[Json]:
    """The lines of an order, at the catalogue's prices. Raises UsageFailure for a product that it does not have."""
    products = {row["productId"]: Product.of_row(row) for row in rows.rows(stack, "InventoryTable", _keys(quantities))}
    if missing := sorted(quantities.keys() - products.keys()):
        raise UsageFailure(f"the catalogue has no {', no '.join(missing)}")
    return [
        {"productId": product, "quantity": quantity, "price": major(products[product].price)}
        for product, quantity in quantities.items()
    ]


def place(stack: Stack, body: Json, key: str) -> Json:
    """Places an order and gives the API's answer. Raises UsageFailure when the API refuses it."""
    status, answer = call(f"{stack.api_url}/orders", body, {"x-idempotency-key": key})
    if status != HTTPStatus.ACCEPTED:
        raise _refused("the order", status, answer)
    return answer


def cancel(stack: Stack, order_id: str, reason: str) -> Json:
    """Decides the cancellation and gives the API's answer: orderId, status.

    Raises NoSuchOrder, and Failure when the order is confirmed.
    """
    _require_reason(reason)
    status, answer = call(f"{stack.api_url}/orders/{quote(order_id, safe='')}/cancel", {"reason": reason})
    if status != HTTPStatus.ACCEPTED:
        raise _refused(f"the cancellation of {order_id!r}", status, answer)
    return answer


def resume(stack: Stack, order_id: str, reason: str) -> str:
    """Starts a parked order's compensations again, and gives the event of that.

    Raises NoSuchOrder, and Failure when it is not parked.
    """
    _require_reason(reason)
    payload = json.dumps({"orderId": order_id, "reason": reason})
    function = stack.function_name("ResumeOrderFunction")
    invoked = stack.session.client("lambda").invoke(FunctionName=function, Payload=payload)
    answer = json.load(invoked["Payload"])
    if "FunctionError" not in invoked:
        return str(answer["event"])
    if answer.get("errorType") == "UnknownSaga":
        raise NoSuchOrder(f"there is no order {order_id!r} in stack {stack.name}")
    raise Failure(f"{order_id} was not resumed: {words.told(answer.get('errorType'), answer.get('errorMessage'))}")


def would_cancel(record: Record) -> Json:
    """What `cancel` would do: `possible`, `words`, and `steps`, what would be undone. It changes nothing."""
    match record.status:
        case "PENDING":
            return _would("it would be cancelled", {name: what for name, what in to_undo(record).items() if what})
        case "CONFIRMED":
            return _would_not("it is CONFIRMED, and can only be returned")
        case status:
            return _would_not(f"it is {status}: cancelled already")


def would_resume(record: Record) -> Json:
    """What `resume` would do, in the same shape."""
    if record.status != "PARKED":
        return _would_not(f"it is not parked, it is {record.status}")
    return _would("a new execution would undo what is not undone", to_undo(record))


def _would(told: str, steps: dict[str, str]) -> Json:
    return {"possible": True, "words": told, "steps": [words.told(*step) for step in steps.items()]}


def _would_not(told: str) -> Json:
    return {"possible": False, "words": told, "steps": []}


def _keys(products: Iterable[str]) -> list[dict[str, str]]:
    return [{"productId": product} for product in products]


def _require_reason(reason: str) -> None:
    if not 1 <= len(reason) <= _LONGEST_REASON:
        raise UsageFailure(f"a reason has 1 to {_LONGEST_REASON} characters")


def _refused(what: str, status: int, answer: Json) -> Failure:
    """A failure in the API's own words."""
    errors = [f"{error['field']}: {error['message']}" for error in answer.get("errors", [])]
    told = [answer.get("title") or answer.get("message"), *(errors or [answer.get("detail")])]
    why = f"{what} was refused, {status}: {'; '.join(words.clean(each) for each in told if each)}"
    match status:
        case HTTPStatus.NOT_FOUND:
            return NoSuchOrder(why)
        case HTTPStatus.BAD_REQUEST | HTTPStatus.UNPROCESSABLE_ENTITY | HTTPStatus.CONTENT_TOO_LARGE:
            return UsageFailure(why)
        case _:
            return Failure(why)
