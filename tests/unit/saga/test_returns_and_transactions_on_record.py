"""`saga check` judges transactions as it does orders, and each return with its order, its payment and its part."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from payment.domain import AmountDiffers
from saga.reconcile.charges import parked_with_wrong_amounts
from saga.reconcile.invariants import violations
from saga.reconcile.snapshot import Item
from sagakit.errors import StepIncomplete
from sagas import RETURN, TRANSACTION
from tests.support import steps, world

pytestmark = pytest.mark.usefixtures("world")

type Change = Callable[[Item], Item]


def found() -> list[str]:
    return violations(world.everything())


def edit(table: str, changes: dict[str, Any], **key: str) -> None:
    """Change the row of this key; None removes an attribute."""
    (row,) = [row for row in world.rows(table) if key.items() <= row.items()]
    world.put(table, {name: value for name, value in {**row, **changes}.items() if value is not None})


def back(quantity: int = 1, token: str = world.OK) -> tuple[str, str]:
    """Bring an order of two monitors to CONFIRMED, have a return accepted, and return both IDs."""
    order_id = world.placed(token)
    for state in ("ReserveInventory", "ProcessPayment", "ConfirmOrder"):
        steps.call(state, order_id)
    return order_id, world.returned(order_id, quantity)


def done(quantity: int = 1) -> tuple[str, str]:
    """Bring a return to CONFIRMED."""
    order_id, return_id = back(quantity)
    for state in ("RefundReturn", "RestockInventory", "ConfirmReturn"):
        steps.call(state, return_id)
    return order_id, return_id


def parked() -> tuple[str, str]:
    """Park a return for which the gateway kept something."""
    order_id, return_id = back(token="pm_return_partial")
    with suppress(AmountDiffers):
        steps.call("RefundReturn", return_id)
    with suppress(StepIncomplete):
        steps.call("PauseReturn", return_id, state="RefundReturn", error={"Error": "AmountDiffers", "Cause": ""})
    return order_id, return_id


@pytest.mark.parametrize("finished", range(4))
def test_a_return_violates_nothing_at_any_step(finished: int) -> None:
    _, return_id = back()
    for state in ("RefundReturn", "RestockInventory", "ConfirmReturn")[:finished]:
        steps.call(state, return_id)
        assert found() == []
    assert found() == []


def test_returns_of_everything_one_by_one_violate_nothing() -> None:
    order_id, _ = done()
    return_id = world.returned(order_id)
    for state in ("RefundReturn", "RestockInventory", "ConfirmReturn"):
        steps.call(state, return_id)
    assert (found(), world.available(), world.net_charge()) == ([], world.STOCK, 0)


def test_a_parked_return_is_told_with_what_the_gateway_gave_back_and_violates_nothing() -> None:
    _, return_id = parked()
    assert found() == []
    assert parked_with_wrong_amounts(world.everything()) == [
        f"{return_id}: is PARKED for 34999, but was refunded 34998"
    ]


def test_a_return_that_was_parked_may_be_resumed_and_confirmed() -> None:
    _, return_id = parked()
    steps.call("ResumeOrder", return_id, reason="settled by hand")
    assert found() == []
    (intent,) = world.intents()
    world.put("GATEWAY_LEDGER", {**intent, "parts": {return_id: 34999}, "refunded": 34999})
    for state in ("RefundReturn", "RestockInventory", "ConfirmReturn"):
        steps.call(state, return_id)
    assert found() == []


@pytest.mark.parametrize(
    "bring", [steps.confirmed, steps.failed, steps.failed_at_once, lambda saga: steps.before("RefundPayment", saga)]
)
def test_a_transaction_violates_nothing(bring: Callable[..., str]) -> None:
    bring(TRANSACTION)
    assert found() == []


def test_a_transaction_is_checked_as_an_order_is() -> None:
    transaction = steps.confirmed(TRANSACTION)
    edit("SAGAS", {"totalAmount": 1}, orderId=transaction)
    assert f"{transaction}: costs 1, but its lines cost 69998" in found()
    assert f"{transaction}: is CONFIRMED for 1, but was charged 69998 and refunded 0" in found()


ORDERS: tuple[tuple[str, dict[str, Any], dict[str, str], str], ...] = (
    (
        "GATEWAY_LEDGER",
        {"refunded": 0},
        {"status": "succeeded"},
        "is CONFIRMED for 69998, but was charged 69998 and refunded 0",
    ),
    (
        "EVENTS",
        {"detail": {"returnId": "another"}},
        {"outcome": "returning"},
        "has OrderReturnAccepted#1, but no such return",
    ),
    ("SAGAS", {"status": "PENDING"}, {"saga": "order"}, "is PENDING despite OrderConfirmed"),
)
INTENDED, OTHER_REFUND = {"eventType": "ReturnRefundIntended"}, {"intentId": "pi", "amount": 1}
RETURNS: tuple[tuple[str, dict[str, Any], dict[str, str], str], ...] = (
    ("SAGAS", {"refundAmount": 1}, {"saga": "return"}, "is worth 1, but its items cost 34999"),
    ("SAGAS", {"refundAmount": 1}, {"saga": "return"}, "is worth 1, but its payment is for another amount"),
    ("SAGAS", {"returnOf": "another"}, {"saga": "return"}, "is a return of another, which is no order"),
    ("SAGAS", {"status": "FAILED"}, {"saga": "return"}, "has the unknown status FAILED"),
    ("EVENTS", {"detail": {}}, {"outcome": "returning"}, "was accepted 0 times by ORDER"),
    (
        "EVENTS",
        {"detail": {}},
        {"eventType": "ReturnAccepted"},
        "is for {'monitor': 1} at 34999, unlike ReturnAccepted",
    ),
    ("EVENTS", {"detail": {}}, {"eventType": "InventoryRestocked"}, "is CONFIRMED for {'monitor': 1}, but put back {}"),
    ("EVENTS", {"outcome": "intended"}, {"eventType": "ReturnRefunded"}, "is CONFIRMED, but its payment is INTENT"),
    ("EVENTS", {"detail": OTHER_REFUND}, INTENDED, "is worth 34999, but its payment is for another amount"),
    ("EVENTS", {"detail": OTHER_REFUND}, INTENDED, "is refunded from pi, but paid with PAID"),
    (
        "GATEWAY_LEDGER",
        {"parts": {}},
        {"status": "succeeded"},
        "is worth 34999, and its payment is REFUNDED, but nothing was refunded",
    ),
)


@pytest.mark.parametrize(("table", "changes", "key", "problem"), [*ORDERS, *RETURNS], ids=str)
def test_a_row_that_disagrees_is_told(table: str, changes: dict[str, Any], key: dict[str, str], problem: str) -> None:
    order_id, return_id = done()
    names = {"ORDER": order_id, "RETURN": return_id, "PAID": world.intents()[0]["id"]}
    edit(table, changes, **{name: names.get(value, value) for name, value in key.items()})
    for name, value in names.items():
        problem = problem.replace(name, value)
    subject = order_id if (table, changes, key) in [each[:3] for each in ORDERS] else return_id
    assert f"{subject}: {problem}" in found()


@pytest.mark.parametrize(
    ("table", "key", "problem"),
    [
        ("SAGAS", {"orderId": "RETURN"}, "ORDER: has OrderReturnAccepted#1, but no such return"),
        ("SAGAS", {"orderId": "RETURN"}, "ORDER: was refunded 34999 for RETURN, which is no return of it"),
        ("SAGAS", {"orderId": "ORDER"}, "RETURN: is a return of ORDER, which is no order"),
        ("EVENTS", {"orderId": "RETURN", "eventType": "ReturnRefunded"}, "RETURN: is CONFIRMED without ReturnRefunded"),
        ("EVENTS", {"orderId": "RETURN", "eventType": "InventoryRestocked"}, "monitor: 100 stocked, 99 left, 2 held"),
        ("EVENTS", {"orderId": "ORDER", "eventType": "OrderReturnAccepted#1"}, "RETURN: was accepted 0 times by ORDER"),
    ],
)
def test_a_row_that_is_missing_is_told(table: str, key: dict[str, str], problem: str) -> None:
    names = dict(zip(("ORDER", "RETURN"), done(), strict=True))
    world.remove(table, **{name: names.get(value, value) for name, value in key.items()})
    for name, value in names.items():
        problem = problem.replace(name, value)
    assert problem in found()


def test_a_refund_of_which_no_event_tells_is_told() -> None:
    _, return_id = done()
    for event_type in ("ReturnRefundIntended", "ReturnRefunded"):
        world.remove("EVENTS", orderId=return_id, eventType=event_type)
    told = {f"{return_id}: is CONFIRMED, but its payment is missing"}
    told |= {f"{return_id}: was refunded 34999, but has no payment on record"}
    assert told < set(found())


def test_more_than_was_bought_cannot_be_returned() -> None:
    order_id, return_id = done(quantity=2)
    edit("SAGAS", {"items": [{"productId": "monitor", "quantity": 3}]}, orderId=return_id)
    assert f"{order_id}: bought {{'monitor': 2}}, but {{'monitor': 3}} are returned" in found()


@pytest.mark.parametrize(
    ("attribute", "value", "words"),
    [
        ("items", [], "empty, not a list of products with quantities"),
        ("refundAmount", -1, "-1, not a whole number"),
        ("returnOf", None, "missing"),
    ],
)
def test_a_malformed_return_is_told_once_and_its_order_is_not_judged(attribute: str, value: object, words: str) -> None:
    _, return_id = done()
    edit("SAGAS", {attribute: value}, orderId=return_id)
    assert found() == [f"{return_id}: {attribute} is {words} (SAGAS)"]


@pytest.mark.parametrize("parts", ["", [], {"r": -1}, {"r": "1"}, {"": 1}])
def test_odd_parts_of_an_intent_are_told(parts: object) -> None:
    done()
    (intent,) = world.intents()
    edit("GATEWAY_LEDGER", {"parts": parts}, id=intent["id"])
    assert f"{intent['id']}: parts is " in "".join(found())


def test_without_the_gateways_books_the_rest_is_checked() -> None:
    done()
    assert violations({name: rows for name, rows in world.everything().items() if name != "GATEWAY_LEDGER"}) == []
    assert RETURN.name == "return"
