"""The invariants themselves: each detects the violations that it is meant to detect."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from saga.reconcile.invariants import unfinished, violations
from saga.reconcile.snapshot import Item, Tables
from saga.stack.legacy import implied
from sagakit import resuming
from sagakit.event import PROVENANCE
from sagas import RETURN, TRANSACTION
from tests.support import steps, world

type Tamper = Callable[[Tables], Tables]

pytestmark = pytest.mark.usefixtures("world")


def paused() -> str:
    return steps.paused(steps.cancelling, "RefundPayment")


def resumed() -> str:
    """Confirm an order that was paused."""
    order_id = steps.paused(steps.paid, "ConfirmOrder")
    resuming.resume(order_id, "the gateway is available again")
    steps.confirm(order_id)
    return order_id


def transaction_failed() -> str:
    return steps.failed(TRANSACTION)


def return_accepted() -> str:
    return steps.STARTED["return"]()


def return_confirmed() -> str:
    return steps.confirmed(RETURN)


STATES = [world.placed, steps.paid, steps.confirmed, steps.cancelling, steps.failed, steps.rejected, paused, resumed]


@cache
def tables_of(bring: Callable[[], str]) -> Tables:
    """Return all rows of a world with one order. They are never changed, so they can be cached."""
    bring()
    return world.everything()


def anonymous(event: Item) -> Item:
    """Return the event's row as it was before events had a provenance."""
    return {name: value for name, value in event.items() if name not in PROVENANCE}


def current(tables: Tables) -> Tables:
    """Return all rows as they are written today."""
    return tables


def old(tables: Tables) -> Tables:
    """Return all rows with every event in its old form."""
    return {**tables, "EVENTS": [anonymous(event) for event in tables["EVENTS"]]}


@pytest.mark.parametrize("age", [current, old])
@pytest.mark.parametrize("bring", [*STATES, steps.parked])
def test_a_correct_order_violates_nothing(bring: Callable[[], str], age: Tamper) -> None:
    assert violations(age(tables_of(bring))) == []


@pytest.mark.parametrize("bring", [world.transaction, transaction_failed, return_accepted, return_confirmed])
def test_neither_does_a_correct_transaction_or_return(bring: Callable[[], str]) -> None:
    assert violations(tables_of(bring)) == []


def is_old(event_type: str) -> bool:
    """Return whether events of this type were recorded before events had a provenance."""
    return bool(implied(event_type, {}, starts_saga=False))


@pytest.mark.parametrize("bring", [*STATES, steps.parked])
def test_the_implied_provenance_of_an_old_event_is_that_of_a_new_one(bring: Callable[[], str]) -> None:
    rows = [row for row in tables_of(bring)["EVENTS"] if is_old(row["eventType"])]
    assert rows
    for row in rows:
        recorded = {name: row[name] for name in PROVENANCE if name in row}
        recorded |= {"restsOn": [each for each in row["restsOn"] if is_old(each)]} if "restsOn" in row else {}
        assert implied(row["eventType"], row["detail"], starts_saga=row["startsSaga"]) == recorded


@pytest.mark.parametrize(
    ("bring", "finished"),
    [
        (world.placed, False),
        (steps.cancelling, False),
        (paused, False),
        (steps.parked, True),
        (resumed, True),
        (steps.confirmed, True),
        (steps.failed, True),
        (world.transaction, False),
        (transaction_failed, True),
        (return_accepted, False),
        (return_confirmed, True),
    ],
)
def test_an_order_is_unfinished_until_it_has_ended_or_is_parked(*, bring: Callable[[], str], finished: bool) -> None:
    assert (unfinished(tables_of(bring)) == []) is finished


def changed(table: str, **changes: Any) -> Tamper:
    """Change every row of a table; None removes an attribute."""

    def tamper(tables: Tables) -> Tables:
        rows = [
            {name: value for name, value in {**row, **changes}.items() if value is not None} for row in tables[table]
        ]
        return {**tables, table: rows}

    return tamper


def empty(table: str) -> Tamper:
    """Remove all rows of a table."""
    return lambda tables: {**tables, table: []}


def without(event_type: str) -> Tamper:
    """Remove an event."""
    return lambda tables: {**tables, "EVENTS": [row for row in tables["EVENTS"] if row["eventType"] != event_type]}


def without_intents(tables: Tables) -> Tables:
    """Remove the intents from the ledger, but not the keys that created them."""
    return {**tables, "GATEWAY_LEDGER": [row for row in tables["GATEWAY_LEDGER"] if "amount" not in row]}


def with_intent(**changes: Any) -> Tamper:
    """Change the gateway's intents."""

    def tamper(tables: Tables) -> Tables:
        rows = [{**row, **changes} if "amount" in row else row for row in tables["GATEWAY_LEDGER"]]
        return {**tables, "GATEWAY_LEDGER": rows}

    return tamper


def with_event(event_type: str, at: int = 2**43) -> Tamper:
    """Add an event in the old form, by default after all others."""

    def tamper(tables: Tables) -> Tables:
        like = anonymous(tables["EVENTS"][0])
        added = {**like, "eventType": event_type, "at": at, "startsSaga": False}
        return {**tables, "EVENTS": [*tables["EVENTS"], added]}

    return tamper


def unpaid(tables: Tables) -> Tables:
    """Remove the events that tell of a payment."""
    return {**tables, "EVENTS": [row for row in tables["EVENTS"] if "intentId" not in row["detail"]]}


@pytest.mark.parametrize(
    ("bring", "tamper", "message"),
    [
        (steps.confirmed, with_intent(taken=0), "CONFIRMED for 69998, but was charged 0"),
        (steps.confirmed, with_intent(refunded=69998), "was charged 69998 and refunded 69998"),
        (steps.confirmed, with_intent(taken=69999), "its intent is"),
        (steps.confirmed, with_intent(amount=1, taken=1), "its intent is"),
        (steps.confirmed, unpaid, "succeeded but not on record"),
        (steps.confirmed, without("PaymentCharged"), "CONFIRMED without PaymentCharged"),
        (steps.confirmed, without("InventoryReserved"), "CONFIRMED without InventoryReserved"),
        (steps.confirmed, with_event("OrderFailed"), "CONFIRMED despite OrderFailed"),
        (steps.confirmed, with_event("OrderCancelling"), "CONFIRMED despite OrderCancelling"),
        (steps.confirmed, with_event("Anything"), "Anything comes after OrderConfirmed"),
        (steps.confirmed, with_event("Anything", at=1), "Anything comes before OrderPlaced"),
        (steps.confirmed, changed("SAGAS", open="u#1"), "index of open orders disagrees"),
        (steps.confirmed, changed("SAGAS", byStatus="PENDING#u#1"), "is CONFIRMED, but listed byStatus as PENDING"),
        (steps.failed, changed("SAGAS", byReason=None), "is FAILED, but not listed byReason"),
        (steps.parked, changed("SAGAS", byStatus="CANCELLING#u#1"), "is PARKED, but listed byStatus as CANCELLING"),
        (world.placed, empty("ORDER_LINES"), "is not listed with ['monitor']"),
        (world.placed, changed("ORDER_LINES", orderId="another"), "another: no such order"),
        (steps.confirmed, changed("SAGAS", status="FAILED"), "FAILED without an event that says failed"),
        (steps.confirmed, changed("SAGAS", status="LOST"), "has the unknown status LOST"),
        (steps.confirmed, empty("GATEWAY_LEDGER"), "CONFIRMED for 69998, but was charged 0"),
        (steps.confirmed, without_intents, "an idempotency key names this missing intent"),
        (steps.failed, with_intent(refunded=0), "FAILED for 69998, but was charged 69998 and refunded 0"),
        (steps.failed, with_intent(taken=0, refunded=0, status="processing"), "intent that is processing"),
        (steps.failed, with_intent(taken=0, refunded=0, status="created"), "intent that is created"),
        (steps.failed, without("PaymentRefunded"), "FAILED without PaymentRefunded"),
        (steps.failed, without("InventoryReleased"), "FAILED without InventoryReleased"),
        (steps.failed, with_event("OrderConfirmed"), "FAILED despite OrderConfirmed"),
        (steps.failed, changed("SAGAS", parked={"at": 1}), "is parked, but FAILED"),
        (steps.paid, with_intent(taken=0), "has PaymentCharged, but nothing was charged"),
        (steps.paid, with_intent(refunded=1), "PENDING for 69998, but was charged 69998 and refunded 1"),
        (steps.paid, with_event("PaymentDeclined"), "both PaymentCharged and PaymentDeclined"),
        (steps.paid, with_event("InventoryRejected"), "both InventoryReserved and InventoryRejected"),
        (steps.paid, empty("SAGAS"), "no such order"),
        (world.placed, changed("SAGAS", dueAt=None), "index of open orders disagrees"),
        (world.placed, changed("SAGAS", open=None), "index of open orders disagrees"),
        (steps.confirmed, changed("SAGAS", paused={"state": "X"}), "is CONFIRMED, but still has paused"),
        (steps.parked, changed("SAGAS", deadlineAt=1), "is CANCELLING and parked, but still has deadlineAt"),
        (paused, changed("SAGAS", dueAt=2**43), "is due only after its deadline"),
        (world.placed, empty("EVENTS"), "PENDING without an event that says started"),
        (world.placed, changed("EVENTS", eventId=None), "OrderPlaced: eventId is missing (EVENTS)"),
        (steps.cancelling, with_event("OrderConfirmed"), "CANCELLING despite OrderConfirmed"),
        (steps.parked, without("OrderParked#1"), "is parked, but"),
        (steps.paid, without("InventoryReserved"), "100 stocked, 98 left, 0 held"),
        (steps.failed, without("InventoryReleased"), "100 stocked, 100 left, 2 held"),
    ],
)
@pytest.mark.parametrize("age", [current, old])
def test_each_violation_is_described(bring: Callable[[], str], age: Tamper, tamper: Tamper, message: str) -> None:
    assert message in "\n".join(violations(tamper(age(tables_of(bring)))))


def with_changed(event_type: str, **changes: Any) -> Tamper:
    """Change an event."""

    def tamper(tables: Tables) -> Tables:
        rows = [{**row, **changes} if row["eventType"] == event_type else row for row in tables["EVENTS"]]
        return {**tables, "EVENTS": rows}

    return tamper


ONE_MONITOR = {"items": [{"productId": "monitor", "quantity": 1}]}


def with_step(*events: tuple[str, str, int]) -> Tamper:
    """Add events of an unknown step, each with its type, outcome and time."""

    def tamper(tables: Tables) -> Tables:
        like = {**anonymous(tables["EVENTS"][0]), "detail": {}, "startsSaga": False, "saga": "order"}
        rows = [
            {**like, "eventType": event_type, "at": at, "state": "LayTable", "outcome": outcome}
            for event_type, outcome, at in events
        ]
        return {**tables, "EVENTS": [*tables["EVENTS"], *rows]}

    return tamper


@pytest.mark.parametrize(
    ("bring", "tamper", "message"),
    [
        (steps.confirmed, with_changed("OrderConfirmed", restsOn=[]), "has OrderConfirmed without any proof"),
        (steps.failed, with_changed("OrderFailed", restsOn=["TableCleared"]), "FAILED without TableCleared"),
        (steps.confirmed, with_changed("OrderConfirmed", restsOn=["TableLaid"]), "CONFIRMED without TableLaid"),
        (
            steps.confirmed,
            with_changed("OrderConfirmed", restsOn=["PaymentIntentRecorded"]),
            "CONFIRMED without PaymentIntentRecorded",
        ),
        (world.placed, with_changed("OrderPlaced", outcome="parked"), "PENDING despite OrderPlaced"),
        (steps.paid, with_changed("InventoryReserved", outcome="started"), "started by OrderPlaced and by Inventory"),
        (steps.paid, with_changed("InventoryReserved", detail=ONE_MONITOR), "but holds {'monitor': 1}"),
        (steps.confirmed, with_changed("InventoryReserved", detail={"items": []}), "CONFIRMED for {'monitor': 2}"),
        (steps.failed, with_changed("InventoryReleased", detail={"items": []}), "FAILED for {'monitor': 2}, but holds"),
        (
            steps.paid,
            with_step(("TableLaid", "done", 2**43), ("TableRefused", "refused", 2**43 + 1)),
            "both TableLaid and TableRefused",
        ),
        (
            steps.paid,
            with_step(("NoVan", "refused", 2**43), ("TooHeavy", "refused", 2**43 + 1)),
            "both NoVan and TooHeavy",
        ),
        (steps.confirmed, with_step(("TableRefused", "refused", 2)), "CONFIRMED despite TableRefused"),
        (
            steps.paid,
            lambda tables: {**tables, "SHIPMENTS": [{"orderId": "another", "status": "BOOKED"}]},
            "another: no such order",
        ),
    ],
)
def test_the_provenance_in_the_rows_is_checked(bring: Callable[[], str], tamper: Tamper, message: str) -> None:
    assert message in "\n".join(violations(tamper(tables_of(bring))))


@pytest.mark.parametrize("bring", [*STATES, steps.parked])
def test_a_missing_or_unknown_table_is_not_a_violation(bring: Callable[[], str]) -> None:
    tables = tables_of(bring)
    optional = ("ORDER_LINES", "GATEWAY_LEDGER", "INVENTORY", "IDEMPOTENCY", "CIRCUIT_BREAKER")
    assert violations({name: rows for name, rows in tables.items() if name not in optional}) == []
    assert violations({**tables, "VANS": [{"id": "van"}]}) == []


def test_a_second_charge_is_detected() -> None:
    order_id = steps.confirmed()
    second = {"id": "pi_2", "amount": 69_998, "taken": 69_998, "refunded": 0, "status": "succeeded"}
    world.put("GATEWAY_LEDGER", second)
    world.put("GATEWAY_LEDGER", {"id": f"key#{order_id}-create", "intentId": "pi_2"})
    assert [wrong for wrong in violations(world.everything()) if "no idempotency key created this intent" in wrong]


def test_negative_stock_is_detected() -> None:
    world.put("INVENTORY", {**world.product("laptop"), "available": -1, "stocked": -1})
    assert violations(world.everything()) == [
        "laptop: available is -1: expected a whole number from 0 to 999999999999 (INVENTORY)",
    ]


def test_more_in_stock_than_was_stocked_is_detected() -> None:
    world.put("INVENTORY", {**world.product("laptop"), "available": 7, "stocked": 5})
    assert violations(world.everything()) == ["laptop: 5 stocked, 7 left, 0 held"]
