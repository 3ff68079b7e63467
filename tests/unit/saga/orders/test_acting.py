"""An operator's actions, with the API's responses and refusals as results and exit codes."""

import json
from typing import Any

import pytest

from saga.failures import Failure, NoSuchOrder, UsageFailure
from saga.orders import actions
from saga.stack.stack import Stack
from tests.support import http, steps, world
from tests.unit.saga.operations.shop import Functions


@pytest.fixture(autouse=True)
def api(monkeypatch: pytest.MonkeyPatch, world: None) -> None:  # noqa: ARG001
    """Send requests to the API's functions."""

    def call(url: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        path = url.removeprefix("http://api")
        if path.endswith("/cancel"):
            answer = http.cancel(path.split("/")[2], json.dumps(body))
        else:
            answer = http.post(body, headers=headers)
        return answer.status, answer.body

    monkeypatch.setattr(actions, "call", call)


def body(stack: Stack, quantity: int = 2, **more: Any) -> dict[str, Any]:
    return {"customerId": "customer-1", "items": actions.priced(stack, {"monitor": quantity}), **more}


def test_an_order_is_placed_at_the_catalogues_price_once_per_key(stack: Stack) -> None:
    placed = actions.place(stack, body(stack), "a-key")
    assert (placed["status"], placed["totalAmount"]) == ("PENDING", 699.98)
    assert actions.place(stack, body(stack), "a-key") == placed


def test_a_product_must_be_in_the_catalogue(stack: Stack) -> None:
    with pytest.raises(UsageFailure, match="not in the catalogue: camel, unicorn"):
        actions.priced(stack, {"unicorn": 1, "monitor": 1, "camel": 1})


def test_a_refusal_has_the_apis_words(stack: Stack) -> None:
    with pytest.raises(UsageFailure, match=r"\(422\): This is not a valid order; items.0.quantity: Input should be"):
        actions.place(stack, body(stack, 1001), "a-key")
    actions.place(stack, body(stack), "a-key")
    with pytest.raises(UsageFailure, match=r"\(422\): The idempotency key was used for another order; Use a new key"):
        actions.place(stack, body(stack, 3), "a-key")


def test_a_refusal_that_is_not_the_apis_is_a_failure(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "call", lambda *_: (403, {"message": "\x1b[31mForbidden"}))
    with pytest.raises(Failure, match="refused the order \\(403\\): \ufffd\\[31mForbidden") as refused:
        actions.place(stack, {}, "a-key")
    assert refused.value.exit_code == 1


def test_a_cancellation_records_its_reason(stack: Stack) -> None:
    order_id = world.placed()
    assert actions.cancel(stack, order_id, "ordered twice") == {"orderId": order_id, "status": "CANCELLING"}
    assert world.detail(order_id, "OrderCancelling") == {
        "reason": "CustomerCancelled",
        "cause": "",
        "text": "ordered twice",
    }


def test_a_confirmed_order_cannot_be_cancelled(stack: Stack) -> None:
    with pytest.raises(Failure, match=r"\(409\): The order is confirmed") as refused:
        actions.cancel(stack, steps.confirmed(), "too late")
    assert refused.value.exit_code == 1


@pytest.mark.parametrize("act", [actions.cancel, actions.resume])
def test_an_unknown_order_is_no_such_order(stack: Stack, act: Any) -> None:
    with pytest.raises(NoSuchOrder):
        act(stack, "nope", "a reason")


@pytest.mark.parametrize("reason", ["", "r" * 256])
@pytest.mark.parametrize("act", [actions.cancel, actions.resume])
def test_a_reason_is_required(stack: Stack, functions: Functions, act: Any, reason: str) -> None:
    order_id = world.placed()
    with pytest.raises(UsageFailure, match="1 to 255 characters"):
        act(stack, order_id, reason)
    assert (world.status(order_id), functions.invoked) == ("PENDING", [])


def test_resuming_records_the_reason(stack: Stack) -> None:
    order_id = steps.parked()
    assert actions.resume(stack, order_id, "it works again") == "OrderResumed#1"
    assert world.detail(order_id, "OrderResumed#1") == {"by": "operator", "reason": "it works again"}


@pytest.mark.parametrize("bring", [world.placed, steps.cancelling])
def test_a_paused_order_is_resumed_once(stack: Stack, bring: steps.Bring) -> None:
    order_id = steps.paused(bring)
    assert actions.resume(stack, order_id, "it works again") == "OrderResumed#1"
    with pytest.raises(Failure, match=r"NotWaiting: the saga is .*, and neither paused nor parked"):
        actions.resume(stack, order_id, "it works again")


def test_an_order_that_does_not_wait_cannot_be_resumed(stack: Stack) -> None:
    order_id = steps.confirmed()
    with pytest.raises(Failure, match=r"cannot resume order .*: NotWaiting: the saga is CONFIRMED") as refused:
        actions.resume(stack, order_id, "why not")
    assert refused.value.exit_code == 1
