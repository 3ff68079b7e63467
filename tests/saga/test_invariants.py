"""The invariants themselves: each finds what it is there for."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from saga.cases import Item, Tables
from saga.invariants import unfinished, violations
from saga.legacy import implied
from sagakit.event import MADE
from tests.support import steps, world

type Tamper = Callable[[Tables], Tables]

pytestmark = pytest.mark.usefixtures("world")

STATES = [world.placed, steps.paid, steps.confirmed, steps.cancelling, steps.failed, steps.rejected]


@cache
def tables_of(bring: Callable[[], str]) -> Tables:
    """Give all rows of a world with an order that was brought somewhere. They are read only, so once is enough."""
    bring()
    return world.everything()


def silent(event: Item) -> Item:
    """Give an event as its row was before events said who made them."""
    return {name: value for name, value in event.items() if name not in MADE}


def as_they_are(tables: Tables) -> Tables:
    """Leave all rows as they are written now."""
    return tables


def old(tables: Tables) -> Tables:
    """Make every event an old one."""
    return {**tables, "EVENTS": [silent(event) for event in tables["EVENTS"]]}


@pytest.mark.parametrize("age", [as_they_are, old])
@pytest.mark.parametrize("bring", [*STATES, steps.parked])
def test_an_order_that_was_treated_well_violates_nothing(bring: Callable[[], str], age: Tamper) -> None:
    assert violations(age(tables_of(bring))) == []


def is_old(event_type: str) -> bool:
    """Tell whether events of this type were recorded before they said who made them; a new step's never were."""
    return bool(implied(event_type, {}, starts_saga=False))


@pytest.mark.parametrize("bring", [*STATES, steps.parked])
def test_an_old_event_means_what_a_new_one_says(bring: Callable[[], str]) -> None:
    rows = [row for row in tables_of(bring)["EVENTS"] if is_old(row["eventType"])]
    assert rows
    for row in rows:
        said = {name: row[name] for name in MADE if name in row}
        said |= {"restsOn": [each for each in row["restsOn"] if is_old(each)]} if "restsOn" in row else {}
        assert implied(row["eventType"], row["detail"], starts_saga=row["startsSaga"]) == said


@pytest.mark.parametrize(
    ("bring", "finished"),
    [
        (world.placed, False),
        (steps.cancelling, False),
        (steps.parked, True),
        (steps.confirmed, True),
        (steps.failed, True),
    ],
)
def test_an_order_is_unfinished_until_it_has_ended_or_is_parked(*, bring: Callable[[], str], finished: bool) -> None:
    assert (unfinished(tables_of(bring)) == []) is finished


def changed(table: str, **changes: Any) -> Tamper:
    """Change the rows of a table; an attribute changed to None is gone."""

    def tamper(tables: Tables) -> Tables:
        rows = [
            {name: value for name, value in {**row, **changes}.items() if value is not None} for row in tables[table]
        ]
        return {**tables, table: rows}

    return tamper


def empty(table: str) -> Tamper:
    """Take all rows out of a table."""
    return lambda tables: {**tables, table: []}


def without(event_type: str) -> Tamper:
    """Take an event out of its table."""
    return lambda tables: {**tables, "EVENTS": [row for row in tables["EVENTS"] if row["eventType"] != event_type]}


def without_intents(tables: Tables) -> Tables:
    """Take the intents out of the ledger, and leave the keys that created them."""
    return {**tables, "GATEWAY_LEDGER": [row for row in tables["GATEWAY_LEDGER"] if "amount" not in row]}


def with_intent(**changes: Any) -> Tamper:
    """Change the gateway's intent."""

    def tamper(tables: Tables) -> Tables:
        rows = [{**row, **changes} if "amount" in row else row for row in tables["GATEWAY_LEDGER"]]
        return {**tables, "GATEWAY_LEDGER": rows}

    return tamper


def with_event(event_type: str, at: int = 2**43) -> Tamper:
    """Add an event as old rows are, after all others if no time is given."""

    def tamper(tables: Tables) -> Tables:
        like = silent(tables["EVENTS"][0])
        added = {**like, "eventType": event_type, "at": at, "startsSaga": False}
        return {**tables, "EVENTS": [*tables["EVENTS"], added]}

    return tamper


@pytest.mark.parametrize(
    ("bring", "tamper", "words"),
    [
        (steps.confirmed, with_intent(taken=0), "CONFIRMED for 69998 with 0 taken"),
        (steps.confirmed, with_intent(refunded=69998), "69998 taken and 69998 given back"),
        (steps.confirmed, with_intent(taken=69999), "its intent is"),
        (steps.confirmed, with_intent(amount=1, taken=1), "its intent is"),
        (steps.confirmed, empty("PAYMENTS"), "succeeded and not on record"),
        (steps.confirmed, without("PaymentCharged"), "CONFIRMED without PaymentCharged"),
        (steps.confirmed, without("InventoryReserved"), "CONFIRMED without InventoryReserved"),
        (steps.confirmed, with_event("OrderFailed"), "CONFIRMED in spite of OrderFailed"),
        (steps.confirmed, with_event("OrderCancelling"), "CONFIRMED in spite of OrderCancelling"),
        (steps.confirmed, with_event("Anything"), "Anything comes after OrderConfirmed"),
        (steps.confirmed, with_event("Anything", at=1), "Anything comes before OrderPlaced"),
        (steps.confirmed, changed("SAGAS", open="u#1"), "index of open orders says otherwise"),
        (steps.confirmed, changed("SAGAS", byStatus="PENDING#u#1"), "is CONFIRMED, and listed byStatus as PENDING"),
        (steps.failed, changed("SAGAS", byReason=None), "is FAILED, and listed byReason as nothing"),
        (steps.parked, changed("SAGAS", byStatus="CANCELLING#u#1"), "is PARKED, and listed byStatus as CANCELLING"),
        (world.placed, empty("ORDER_LINES"), "is not listed with ['monitor']"),
        (world.placed, changed("ORDER_LINES", orderId="another"), "another: no such order"),
        (steps.confirmed, changed("SAGAS", status="FAILED"), "FAILED without an event that says failed"),
        (steps.confirmed, changed("SAGAS", status="LOST"), "has the status LOST, which no order has"),
        (steps.confirmed, empty("GATEWAY_LEDGER"), "CONFIRMED for 69998 with 0 taken"),
        (steps.confirmed, without_intents, "a key created this intent, and it is not there"),
        (steps.failed, with_intent(refunded=0), "FAILED with 69998 taken and 0 given back"),
        (steps.failed, with_intent(taken=0, refunded=0, status="processing"), "intent that is processing"),
        (steps.failed, with_intent(taken=0, refunded=0, status="created"), "intent that is created"),
        (steps.failed, without("PaymentRefunded"), "FAILED without PaymentRefunded"),
        (steps.failed, without("InventoryReleased"), "FAILED without InventoryReleased"),
        (steps.failed, with_event("OrderConfirmed"), "FAILED in spite of OrderConfirmed"),
        (steps.failed, changed("SAGAS", parked={"at": 1}), "is parked, while it is FAILED"),
        (steps.paid, with_intent(taken=0), "said to be charged"),
        (steps.paid, with_intent(refunded=1), "PENDING with 1 given back"),
        (steps.paid, with_event("PaymentDeclined"), "both PaymentCharged and PaymentDeclined"),
        (steps.paid, with_event("InventoryRejected"), "both InventoryReserved and InventoryRejected"),
        (steps.paid, empty("SAGAS"), "no such order"),
        (world.placed, changed("SAGAS", dueAt=None), "index of open orders says otherwise"),
        (world.placed, changed("SAGAS", open=None), "index of open orders says otherwise"),
        (world.placed, empty("EVENTS"), "PENDING without an event that says started"),
        (world.placed, changed("EVENTS", eventId=None), "is not an event"),
        (steps.cancelling, with_event("OrderConfirmed"), "CANCELLING in spite of OrderConfirmed"),
        (steps.parked, without("OrderParked#1"), "is parked, while"),
        (steps.paid, without("InventoryReserved"), "100 stocked, 98 left, 0 held"),
        (steps.failed, without("InventoryReleased"), "100 stocked, 100 left, 2 held"),
    ],
)
@pytest.mark.parametrize("age", [as_they_are, old])
def test_what_is_wrong_is_told_in_words(bring: Callable[[], str], age: Tamper, tamper: Tamper, words: str) -> None:
    assert words in "\n".join(violations(tamper(age(tables_of(bring)))))


def with_said(event_type: str, **changes: Any) -> Tamper:
    """Change what an event says."""

    def tamper(tables: Tables) -> Tables:
        rows = [{**row, **changes} if row["eventType"] == event_type else row for row in tables["EVENTS"]]
        return {**tables, "EVENTS": rows}

    return tamper


ONE_MONITOR = {"items": [{"productId": "monitor", "quantity": 1}]}


def with_step(*events: tuple[str, str, int]) -> Tamper:
    """Add events of a step that nothing here knows: their type, their outcome, and their time."""

    def tamper(tables: Tables) -> Tables:
        like = {**silent(tables["EVENTS"][0]), "detail": {}, "startsSaga": False, "saga": "order"}
        rows = [
            {**like, "eventType": event_type, "at": at, "state": "LayTable", "outcome": outcome}
            for event_type, outcome, at in events
        ]
        return {**tables, "EVENTS": [*tables["EVENTS"], *rows]}

    return tamper


@pytest.mark.parametrize(
    ("bring", "tamper", "words"),
    [
        (steps.confirmed, with_said("OrderConfirmed", restsOn=[]), "OrderConfirmed, which rests on nothing"),
        (steps.failed, with_said("OrderFailed", restsOn=["TableCleared"]), "FAILED without TableCleared"),
        (steps.confirmed, with_said("OrderConfirmed", restsOn=["TableLaid"]), "CONFIRMED without TableLaid"),
        (
            steps.confirmed,
            with_said("OrderConfirmed", restsOn=["PaymentIntentRecorded"]),
            "CONFIRMED without PaymentIntentRecorded",
        ),
        (world.placed, with_said("OrderPlaced", outcome="resumed"), "PENDING in spite of OrderPlaced"),
        (steps.paid, with_said("InventoryReserved", outcome="started"), "started by OrderPlaced and by Inventory"),
        (steps.paid, with_said("InventoryReserved", detail=ONE_MONITOR), "and holds {'monitor': 1}"),
        (steps.confirmed, with_said("InventoryReserved", detail={"items": []}), "CONFIRMED for {'monitor': 2}"),
        (steps.failed, with_said("InventoryReleased", detail={"items": []}), "FAILED for {'monitor': 2}, and holds"),
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
        (steps.confirmed, with_step(("TableRefused", "refused", 2)), "CONFIRMED in spite of TableRefused"),
        (
            steps.paid,
            lambda tables: {**tables, "SHIPMENTS": [{"orderId": "another", "status": "BOOKED"}]},
            "another: no such order",
        ),
    ],
)
def test_what_rows_say_of_themselves_is_held_against_them(bring: Callable[[], str], tamper: Tamper, words: str) -> None:
    assert words in "\n".join(violations(tamper(tables_of(bring))))


@pytest.mark.parametrize("bring", [*STATES, steps.parked])
def test_a_table_that_is_not_there_or_not_known_is_no_violation(bring: Callable[[], str]) -> None:
    tables = tables_of(bring)
    optional = ("ORDER_LINES", "GATEWAY_LEDGER", "INVENTORY", "IDEMPOTENCY", "CIRCUIT_BREAKER")
    assert violations({name: rows for name, rows in tables.items() if name not in optional}) == []
    assert violations({**tables, "VANS": [{"id": "van"}]}) == []


def test_an_order_that_is_charged_twice_is_found() -> None:
    order_id = steps.confirmed()
    second = {"id": "pi_2", "amount": 69_998, "taken": 69_998, "refunded": 0, "status": "succeeded"}
    world.put("GATEWAY_LEDGER", second)
    world.put("GATEWAY_LEDGER", {"id": f"key#{order_id}-create", "intentId": "pi_2"})
    assert [wrong for wrong in violations(world.everything()) if "no key created this intent" in wrong]


def test_stock_below_zero_is_found() -> None:
    product = next(row for row in world.rows("INVENTORY") if row["productId"] == "laptop")
    world.put("INVENTORY", {**product, "available": -1, "stocked": -1})
    assert violations(world.everything()) == ["laptop: -1 stocked, -1 left, 0 held"]
