"""What an operator can do to an order."""

import json
from http import HTTPStatus
from urllib.parse import quote

from saga.failures import Failure, NoSuchOrder, UsageFailure
from saga.http import Json, call
from saga.orders.effects import to_undo
from saga.orders.pause import waiting
from saga.orders.record import Record
from saga.stack import tables
from saga.stack.kinds import ORDER, RETURN, TRANSACTION, kind_of
from saga.stack.products import named
from saga.stack.stack import Stack
from saga.stack.tables import missing
from saga.text.money import major
from saga.text.safe import clean, error_text

_ONLY_FORWARD = "a return only goes forward and cannot be cancelled"
_LONGEST_REASON = 255  # characters, a limit of the API
_INVALID = (HTTPStatus.BAD_REQUEST, HTTPStatus.CONTENT_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)
_FAILURES: dict[int, type[Failure]] = {HTTPStatus.NOT_FOUND: NoSuchOrder, **dict.fromkeys(_INVALID, UsageFailure)}


def priced(stack: Stack, quantities: dict[str, int]) -> list[Json]:
    """Return the lines of an order at the catalogue's prices.

    Raises:
        UsageFailure: a product is not in the catalogue, or its row is malformed.
    """
    prices = {each: major(product.price) for each, product in named(stack, quantities).items()}
    return [{"productId": each, "quantity": quantity, "price": prices[each]} for each, quantity in quantities.items()]


def place(stack: Stack, body: Json, key: str) -> Json:
    """Place an order and return the API's response.

    Raises:
        UsageFailure: the API finds the order invalid.
        Failure: it refuses the order for another reason.
    """
    return _post(f"{stack.api_url}/orders", body, "the order", {"x-idempotency-key": key})


def cancel(stack: Stack, order_id: str, reason: str) -> Json:
    """Cancel an order or a transaction, and return its ID and its new status.

    Raises:
        NoSuchOrder: no order has this ID.
        UsageFailure: the reason is too short or too long.
        Failure: it can no longer be cancelled, or is a return.
    """
    _require_reason(reason)
    kind = kind_of(tables.order_row(stack, order_id))
    if kind == RETURN:
        raise Failure(_ONLY_FORWARD)
    url = f"{stack.api_url}/{kind}s/{quote(order_id, safe='')}/cancel"
    answer = _post(url, {"reason": reason}, f"the cancellation of {order_id!r}")
    if kind == ORDER:
        return answer
    return {"orderId": order_id, "status": tables.order_row(stack, order_id)["status"]}  # the API has words of its own


def resume(stack: Stack, order_id: str, reason: str) -> str:
    """Try a paused or parked order again, in a new execution, and return the type of the event that records it.

    Raises:
        NoSuchOrder: no order has this ID.
        UsageFailure: the reason is too short or too long.
        Failure: the order is neither paused nor parked.
    """
    _require_reason(reason)
    payload = json.dumps({"orderId": order_id, "reason": reason})
    function = stack.function_name("ResumeOrderFunction")
    response = stack.session.client("lambda").invoke(FunctionName=function, Payload=payload)
    result = json.load(response["Payload"])
    if "FunctionError" not in response:
        return str(result["event"])
    if result.get("errorType") == "UnknownSaga":
        raise tables.no_such_order(stack, order_id)
    raise Failure(f"cannot resume order {order_id}: {error_text(result.get('errorType'), result.get('errorMessage'))}")


def preview_cancel(record: Record) -> Json:
    """Return what `cancel` would do, without doing it: `possible`, `words`, and the `steps` that would be undone."""
    if record.kind == RETURN:
        return _preview(f"{_ONLY_FORWARD.capitalize()}.")
    match record.status:
        case "PENDING":
            steps = {name: text for name, text in to_undo(record).items() if text}
            return _preview(f"The {record.kind} would be cancelled, and these compensations would run:", steps)
        case "CONFIRMED":
            returned = " and can only be returned" if record.kind == ORDER else ""
            return _preview(f"The {record.kind} is CONFIRMED{returned}.")
        case status:
            return _preview(f"The {record.kind} is {status}: it is already cancelled.")


def preview_resume(record: Record) -> Json:
    """Return what `resume` would do, in the same shape."""
    paused = record.order.get("paused", {})
    if record.status != "PARKED" and "nextAttemptAt" not in paused:
        why = "is being tried again now" if paused else f"is {record.status}, and neither paused nor parked"
        return _preview(f"The {record.kind} {why}.")
    run = "A new message" if record.kind == TRANSACTION else "A new execution"
    if record.status == "PENDING":
        return _preview(f"{run} would try again now: {waiting(paused)}.", {})
    if record.kind == RETURN:
        steps = dict.fromkeys(missing(record.order["parked"])[1], "")
        return _preview(f"{run} would run the steps that record these events:", steps)
    return _preview(f"{run} would run these compensations:", to_undo(record))


def _preview(text: str, steps: dict[str, str] | None = None) -> Json:
    lines = [error_text(*step) for step in (steps or {}).items()]
    return {"possible": steps is not None, "words": text, "steps": lines}


def _require_reason(reason: str) -> None:
    if not 1 <= len(reason) <= _LONGEST_REASON:
        raise UsageFailure(f"a reason must have 1 to {_LONGEST_REASON} characters")


def _post(url: str, body: Json, subject: str, headers: dict[str, str] | None = None) -> Json:
    """Return the API's response, or raise its refusal in its own words."""
    status, response = call(url, body, headers)
    if status == HTTPStatus.ACCEPTED:
        return response
    errors = [f"{error['field']}: {error['message']}" for error in response.get("errors", [])]
    parts = [response.get("title") or response.get("message"), *(errors or [response.get("detail")])]
    text = "; ".join(clean(each) for each in parts if each)
    raise _FAILURES.get(status, Failure)(f"the API refused {subject} ({status}): {text}")
