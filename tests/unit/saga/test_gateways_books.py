"""What the gateway has charged and refunded is compared with what each order costs."""

from collections.abc import Callable
from typing import Any

import pytest

from saga.reconcile.invariants import violations
from saga.reconcile.run import findings
from saga.reconcile.snapshot import Tables
from tests.support import steps, world

pytestmark = pytest.mark.usefixtures("world")


def with_intent(bring: Callable[[], str], **changes: Any) -> tuple[str, Tables]:
    """Return an order and all rows, with its intent changed."""
    order_id, rows = bring(), world.everything()
    ledger = [{**row, **changes} if "amount" in row else row for row in rows["GATEWAY_LEDGER"]]
    return order_id, {**rows, "GATEWAY_LEDGER": ledger}


def with_payment(rows: Tables, **changes: Any) -> Tables:
    """Return the rows with the payment changed that was recorded; None removes an attribute."""

    def changed(detail: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in {**detail, **changes}.items() if value is not None}

    events = [
        {**row, "detail": changed(row["detail"])} if row["eventType"] == "PaymentIntentRecorded" else row
        for row in rows["EVENTS"]
    ]
    return {**rows, "EVENTS": events}


@pytest.mark.parametrize(
    ("bring", "changes", "finding"),
    [
        (steps.confirmed, {"taken": 1}, "is CONFIRMED for 69998, but was charged 1 and refunded 0"),
        (steps.confirmed, {"refunded": 1}, "is CONFIRMED for 69998, but was charged 69998 and refunded 1"),
        (steps.failed, {"refunded": 34_999}, "is FAILED for 69998, but was charged 69998 and refunded 34999"),
        (steps.parked, {"taken": 1}, "is PARKED for 69998, but was charged 1 and refunded 0"),
        (steps.parked, {"refunded": 34_999}, "is PARKED for 69998, but was charged 69998 and refunded 34999"),
    ],
)
def test_a_wrong_amount_is_told(bring: Callable[[], str], changes: dict[str, Any], finding: str) -> None:
    order_id, rows = with_intent(bring, **changes)
    assert f"{order_id}: {finding}" in findings(rows, 0)


@pytest.mark.parametrize(("failure", "told"), [("AmountDiffers", 1), ("RefundRefused", 0)])
def test_a_refund_that_was_not_made_is_told_and_one_that_was_refused_is_not(failure: str, told: int) -> None:
    order_id, rows = with_intent(steps.parked)
    orders = [{**row, "parked": {**row["parked"], "failures": {"RefundPayment": failure}}} for row in rows["SAGAS"]]
    finding = f"{order_id}: is PARKED for 69998, but was charged 69998 and refunded 0"
    assert findings({**rows, "SAGAS": orders}, 0) == [finding] * told


@pytest.mark.parametrize("changes", [{"taken": 0}, {"refunded": 69_998}, {"taken": 1, "refunded": 1}])
def test_a_parked_order_that_cost_nothing_is_no_finding(changes: dict[str, Any]) -> None:
    order_id, rows = with_intent(steps.parked, **changes)
    world.forget(order_id, "PaymentCharged")  # of a charge that was refused
    assert findings({**rows, "EVENTS": world.rows("EVENTS")}, 0) == []


@pytest.mark.parametrize("refunded", [0, 34_999])
def test_a_parked_order_that_is_still_charged_violates_nothing_because_it_was_parked_for_it(refunded: int) -> None:
    _, rows = with_intent(steps.parked, refunded=refunded)
    assert violations(rows) == []


@pytest.mark.parametrize("odd", ["order", "payment", "intent", None])
def test_an_order_is_charged_in_its_currency(odd: str | None) -> None:
    order, payment, intent = ("EUR" if each == odd else "USD" for each in ("order", "payment", "intent"))
    order_id, rows = with_intent(steps.confirmed, currency=intent)
    orders = [{**row, "currency": order} for row in rows["SAGAS"]]
    found = findings(with_payment({**rows, "SAGAS": orders}, currency=payment), 0)
    assert found == ([f"{order_id}: is in EUR and USD at once"] if odd else [])


def test_rows_without_a_currency_are_older_and_no_finding() -> None:
    _, rows = with_intent(steps.confirmed, currency="EUR")
    orders = [{name: row[name] for name in row if name != "currency"} for row in rows["SAGAS"]]
    assert findings(with_payment({**rows, "SAGAS": orders}, currency=None), 0) == []


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"amount": 1}, "costs 69998, but its payment is for another amount"),
        ({"intentId": "pi_other"}, "has the intent pi_other on record, of which the gateway knows nothing"),
    ],
)
def test_a_payment_that_contradicts_the_order_or_the_gateway_is_told(changes: dict[str, Any], finding: str) -> None:
    order_id = steps.confirmed()
    assert f"{order_id}: {finding}" in findings(with_payment(world.everything(), **changes), 0)


def test_a_total_that_contradicts_the_lines_is_told() -> None:
    order_id, rows = steps.confirmed(), world.everything()
    orders = [{**row, "totalAmount": 1} for row in rows["SAGAS"]]
    assert f"{order_id}: costs 1, but its lines cost 69998" in findings({**rows, "SAGAS": orders}, 0)


def free(rows: Tables) -> Tables:
    """Return the rows of the same order if it were free: the gateway knows nothing of it."""
    orders = [
        {**row, "totalAmount": 0, "items": [{**line, "unitPrice": 0} for line in row["items"]]} for row in rows["SAGAS"]
    ]
    events = [
        {**row, "detail": {**row["detail"], "intentId": None, "amount": 0}} if "Payment" in row["eventType"] else row
        for row in rows["EVENTS"]
    ]
    return {**rows, "SAGAS": orders, "EVENTS": events, "GATEWAY_LEDGER": []}


@pytest.mark.parametrize("bring", [steps.paid, steps.confirmed, steps.failed, steps.parked])
def test_a_free_order_needs_no_intent(bring: Callable[[], str]) -> None:
    bring()
    assert findings(free(world.everything()), 0) == []


def test_a_free_order_of_before_whose_intent_charged_nothing_is_no_finding() -> None:
    _, rows = with_intent(steps.confirmed, amount=0, taken=0)
    assert findings(with_payment({**rows, "SAGAS": free(rows)["SAGAS"]}, amount=0), 0) == []


@pytest.mark.parametrize("bring", [steps.confirmed, steps.failed])
def test_a_free_order_is_no_finding_when_the_functions_have_carried_it_out(
    bring: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.PRICES, "monitor", 0)
    world.put("INVENTORY", {**world.product("monitor"), "price": 0})
    bring()
    assert world.intents() == []
    assert findings(world.everything(), 0) == []
