"""The API of transactions: accepted and read as the coordination by queues needs it, and kept apart from orders."""

from typing import Any
from urllib.parse import urljoin

import pytest

from sagakit import decision, guard, resuming
from sagakit.reason import Reason
from sagas import TRANSACTION
from tests.support import http, steps, world

pytestmark = pytest.mark.usefixtures("world")

KEY = "a-key"
STEPS = ["ORDER_PROCESSING", "PAYMENT_PROCESSING", "INVENTORY_UPDATE"]
NOWHERE = "00000000-0000-4000-8000-000000000000"


def body(**changes: Any) -> dict[str, Any]:
    return {**http.TRANSACTION, **changes}


def shown(saga_id: str) -> dict[str, Any]:
    """Return what a client reads, without what never changes."""
    view = dict(http.get(f"/transactions/{saga_id}").body)
    assert [view.pop(name) for name in ("transactionId", "customerId", "productId")] == [
        saga_id,
        "customer-1",
        "monitor",
    ]
    assert (view.pop("quantity"), view.pop("amount"), view.pop("steps")) == (2, 699.98, STEPS)
    assert view.pop("createdAt") <= view.pop("updatedAt")
    return view


# --- Accepting -----------------------------------------------------------------------------------------------------


def test_a_transaction_is_accepted_and_can_be_read() -> None:
    answer = http.post_transaction()
    saga_id = answer.body["transactionId"]
    assert (answer.status, answer.body) == (
        200,
        {"transactionId": saga_id, "status": "STARTED", "message": "Transaction initiated successfully"},
    )
    at = "https://api.example.com/dev/transactions"
    assert urljoin(at, answer.headers["Location"]) == f"{at}/{saga_id}"
    assert shown(saga_id)["status"] == "STARTED"
    row = guard.read(saga_id)
    assert (row["saga"], row["paymentToken"], row["deadlineAt"] - row["createdAt"]) == (
        "transaction",
        "pm_ok",
        7_200_000,
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": 699.99}, "it cannot be split into 2 equal prices"),
        ({"amount": 350}, "monitor costs 349.99, not 175.0"),
        ({"amount": 349.99, "quantity": 2}, "it cannot be split into 2 equal prices"),
        ({"productId": "moon"}, "there is no such product"),
    ],
)
def test_an_amount_that_is_not_the_price_of_all_pieces_is_refused_and_says_why(
    changes: dict[str, Any], message: str
) -> None:
    before = world.snapshot()
    answer = http.post_transaction(body(**changes))
    assert (answer.status, answer.body["errors"]) == (422, [{"field": "amount", "message": message}])
    assert world.snapshot() == before


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"quantity": 0}, {"quantity"}),
        ({"quantity": "2"}, {"quantity"}),
        ({"amount": -1}, {"amount"}),
        ({"amount": "699.98"}, {"amount"}),
        ({"amount": 699.985}, {"amount"}),
        ({"items": []}, {"items"}),
        ({"customerId": ""}, {"customerId"}),
    ],
)
def test_an_invalid_transaction_is_refused_and_each_error_names_its_field(
    changes: dict[str, Any], fields: set[str]
) -> None:
    answer = http.post_transaction(body(**changes))
    assert (answer.status, answer.fields) == (422, fields)


@pytest.mark.parametrize("remembered", [True, False])
def test_a_replay_returns_the_first_response_and_says_so(*, remembered: bool) -> None:
    first = http.post_transaction(key=KEY)
    if not remembered:
        world.forget_requests()
    second = http.post_transaction(key=KEY)
    assert (second.status, second.body) == (200, first.body)
    assert ("Idempotency-Replayed" in first.headers, second.headers["Idempotency-Replayed"]) == (False, "true")
    assert len(world.rows("SAGAS")) == 1


@pytest.mark.parametrize("remembered", [True, False])
def test_the_same_key_for_another_transaction_is_refused(*, remembered: bool) -> None:
    http.post_transaction(key=KEY)
    if not remembered:
        world.forget_requests()
    answer = http.post_transaction(body(quantity=1, amount=349.99), key=KEY)
    assert (answer.status, answer.body["title"]) == (422, "The idempotency key was used for another order")
    assert len(world.rows("SAGAS")) == 1


@pytest.mark.parametrize("remembered", [True, False])
def test_a_key_of_an_order_is_another_one_for_a_transaction(*, remembered: bool) -> None:
    order_id = http.post(key=KEY).body["orderId"]
    if not remembered:
        world.forget_requests()
    answer = http.post_transaction(key=KEY)
    assert (answer.status, "Idempotency-Replayed" in answer.headers) == (200, False)
    assert answer.body["transactionId"] != order_id


# --- Reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "current", "done"),
    [
        ("ProcessPayment", "PAYMENT_PROCESSING", 1),
        ("ReserveInventory", "INVENTORY_UPDATE", 2),
        ("ConfirmTransaction", "INVENTORY_UPDATE", 3),
    ],
)
def test_a_transaction_shows_its_current_step(state: str, current: str, done: int) -> None:
    saga_id = steps.before(state, TRANSACTION)
    assert shown(saga_id) == {"status": "STARTED", "currentStep": current, "completedSteps": STEPS[:done]}


def test_a_completed_transaction_shows_all_its_steps() -> None:
    saga_id = steps.confirmed(TRANSACTION)
    assert shown(saga_id) == {"status": "COMPLETED", "currentStep": "COMPLETED", "completedSteps": STEPS}


@pytest.mark.parametrize(
    ("states", "status", "undone"),
    [
        ([], "STARTED", []),
        (["ReleaseInventory"], "STARTED", [STEPS[2]]),
        (["ReleaseInventory", "RefundPayment", "FailTransaction"], "FAILED", [STEPS[2], STEPS[1]]),
    ],
)
def test_a_transaction_that_is_undone_shows_what_has_been_undone(
    states: list[str], status: str, undone: list[str]
) -> None:
    saga_id = steps.before("ReleaseInventory", TRANSACTION)
    for state in states:
        steps.call(state, saga_id)
    view = shown(saga_id)
    assert (view["status"], view.get("undoneSteps", [])) == (status, undone)
    assert set(view["error"]) == {"reason", "message"}


def test_a_refused_transaction_shows_the_step_that_failed_and_why() -> None:
    saga_id = world.transaction("pm_declined")
    assert steps.outcome(steps.process, saga_id) == "PaymentDeclined"
    steps.call("CancelTransaction", saga_id)
    view = shown(saga_id)
    assert (view["status"], view["currentStep"], view["failedStep"], view["completedSteps"]) == (
        "STARTED",
        "PAYMENT_PROCESSING",
        "PAYMENT_PROCESSING",
        STEPS[:1],
    )
    assert view["error"] == {"reason": "PaymentDeclined", "message": "The payment was declined."}


def test_a_paused_transaction_shows_what_it_waits_for_but_not_the_cause() -> None:
    saga_id = world.transaction()
    decision.wait(saga_id, "ProcessPayment", Reason("TransientError", "503"))
    paused = shown(saga_id)["paused"]
    assert (paused["state"], paused["attempts"], "503" in str(paused)) == ("ProcessPayment", 1, False)
    resuming.resume(saga_id, "hope")
    assert "nextAttemptAt" not in shown(saga_id)["paused"]


def test_what_a_customer_wrote_is_shown_to_the_customer() -> None:
    saga_id = world.transaction()
    answer = http.cancel(saga_id, '{"reason": "changed my mind"}', kind="transaction")
    assert (answer.status, answer.body) == (202, {"transactionId": saga_id, "status": "STARTED"})
    assert shown(saga_id)["error"] == {
        "reason": "CustomerCancelled",
        "message": "It was cancelled on request.",
        "text": "changed my mind",
    }


# --- Apart from orders ---------------------------------------------------------------------------------------------


def test_an_order_is_no_transaction_and_a_transaction_is_no_order() -> None:
    order_id, saga_id = steps.confirmed(), steps.confirmed(TRANSACTION)
    before = world.snapshot()
    answers = [
        http.get(f"/transactions/{order_id}"),
        http.cancel(order_id, kind="transaction"),
        http.get(f"/orders/{saga_id}"),
        http.get(f"/orders/{saga_id}/events"),
        http.get(f"/orders/{saga_id}/returns"),
        http.cancel(saga_id),
        http.post_return(saga_id),
        http.get(f"/transactions/{NOWHERE}"),
        http.cancel(NOWHERE, kind="transaction"),
        http.get("/transactions/1"),
    ]
    assert [answer.status for answer in answers] == [404] * len(answers)
    assert world.snapshot() == before


def test_a_completed_transaction_can_no_longer_be_cancelled() -> None:
    assert http.cancel(steps.confirmed(TRANSACTION), kind="transaction").status == 409
