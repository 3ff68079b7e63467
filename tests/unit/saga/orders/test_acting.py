"""What an operator does: the API's answers and refusals as results and exit codes."""

import json
from typing import Any

import pytest

from saga.failure import Failure, NoSuchOrder, UsageFailure
from saga.orders import acting
from saga.stack import Stack
from tests.support import http, steps, world
from tests.unit.saga.operations.shop import Functions


@pytest.fixture(autouse=True)
def api(monkeypatch: pytest.MonkeyPatch, world: None) -> None:  # noqa: ARG001
    """Let requests reach the functions of the API."""

    def call(url: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        path = url.removeprefix("http://api")
        if path.endswith("/cancel"):
            answer = http.cancel(path.split("/")[2], json.dumps(body))
        else:
            answer = http.post(body, headers=headers)
        return answer.status, answer.body

    monkeypatch.setattr(acting, "call", call)


def body(stack: Stack, quantity: int = 2, **more: Any) -> dict[str, Any]:
    return {"customerId": "customer-1", "items": acting.priced(stack, {"monitor": quantity}), **more}


def test_an_order_is_placed_at_the_catalogues_price_and_once_for_its_key(stack: Stack) -> None:
    placed = acting.place(stack, body(stack), "a-key")
    assert (placed["status"], placed["totalAmount"]) == ("PENDING", 699.98)
    assert acting.place(stack, body(stack), "a-key") == placed


def test_a_product_that_the_catalogue_does_not_have_has_no_price(stack: Stack) -> None:
    with pytest.raises(UsageFailure, match="the catalogue has no camel, no unicorn"):
        acting.priced(stack, {"unicorn": 1, "monitor": 1, "camel": 1})


def test_what_the_api_refuses_is_told_in_its_words(stack: Stack) -> None:
    with pytest.raises(UsageFailure, match=r"422: This is not a valid order; items.0.quantity: Input should be"):
        acting.place(stack, body(stack, 1001), "a-key")
    acting.place(stack, body(stack), "a-key")
    with pytest.raises(UsageFailure, match="422: The idempotency key was used for another order; Use a new key"):
        acting.place(stack, body(stack, 3), "a-key")


def test_a_refusal_in_foreign_words_is_a_failure(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "call", lambda *_: (403, {"message": "\x1b[31mForbidden"}))
    with pytest.raises(Failure, match="the order was refused, 403: \ufffd\\[31mForbidden") as refused:
        acting.place(stack, {}, "a-key")
    assert refused.value.exit_code == 1


def test_a_cancellation_is_told_with_its_reason(stack: Stack) -> None:
    order_id = world.placed()
    assert acting.cancel(stack, order_id, "ordered twice") == {"orderId": order_id, "status": "CANCELLING"}
    assert world.detail(order_id, "OrderCancelling") == {"reason": "CustomerCancelled", "cause": "ordered twice"}


def test_a_confirmed_order_is_not_cancelled(stack: Stack) -> None:
    with pytest.raises(Failure, match="409: The order is confirmed") as refused:
        acting.cancel(stack, steps.confirmed(), "too late")
    assert refused.value.exit_code == 1


@pytest.mark.parametrize("act", [acting.cancel, acting.resume])
def test_an_order_that_does_not_exist_is_no_such_order(stack: Stack, act: Any) -> None:
    with pytest.raises(NoSuchOrder):
        act(stack, "nope", "a reason")


@pytest.mark.parametrize("reason", ["", "r" * 256])
@pytest.mark.parametrize("act", [acting.cancel, acting.resume])
def test_nothing_is_done_without_a_reason(stack: Stack, functions: Functions, act: Any, reason: str) -> None:
    order_id = world.placed()
    with pytest.raises(UsageFailure, match="1 to 255 characters"):
        act(stack, order_id, reason)
    assert (world.status(order_id), functions.invoked) == ("PENDING", [])


def test_a_parked_order_is_resumed_and_the_reason_is_on_record(stack: Stack) -> None:
    order_id = steps.parked()
    assert acting.resume(stack, order_id, "it works again") == "OrderResumed#1"
    assert world.detail(order_id, "OrderResumed#1") == {"by": "operator", "reason": "it works again"}


def test_an_order_that_is_not_parked_is_not_resumed(stack: Stack) -> None:
    order_id = steps.confirmed()
    with pytest.raises(Failure, match="was not resumed: NotCancelling: the saga is CONFIRMED") as refused:
        acting.resume(stack, order_id, "why not")
    assert refused.value.exit_code == 1
