"""`saga check` reads whatever there is: rows that somebody edited are told, and the others are checked all the same."""

import os
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from saga.reconcile import run
from saga.reconcile.run import findings
from saga.reconcile.snapshot import Item, Tables
from saga.stack.stack import Stack
from sagakit import clock, dynamodb, guard
from sagakit.relay import outbox
from sagas import RETURN
from tests.support import steps, world
from tests.support.cli import saga

pytestmark = pytest.mark.usefixtures("world")

NOW = 0
HUGE = 2**70
KEYS = {
    "SAGAS": ("orderId",),
    "EVENTS": ("orderId", "eventType"),
    "ORDER_LINES": ("productId", "line"),
    "INVENTORY": ("productId",),
    "GATEWAY_LEDGER": ("id",),
}
# What an attribute of any type may turn into.
ODD: tuple[Any, ...] = (
    "",
    "text",
    7,
    -1,
    0,
    HUGE,
    Decimal("0.5"),
    None,
    True,
    [],
    {},
    [1],
    {"a": 1},
    {"a", "b"},
    {Decimal(1)},
    b"bytes",
)
NONSENSE: tuple[Any, ...] = ("", -1, HUGE, Decimal("0.5"), [], {})  # also for an attribute of the same type
# A row is good without these: nothing needs them, or older rows lack them.
MAY_LACK = {
    *(("SAGAS", name) for name in ("saga", "deadlineAt", "fingerprint", "paused", "started")),
    *(("GATEWAY_LEDGER", name) for name in ("currency", "well", "confirms", "refunds", "confirmKey", "parts")),
    *(("EVENTS", "after"), ("EVENTS", "undispatched"), ("INVENTORY", "name")),
}
# Decisions that the API, recovery or an operator can make as well as a state can.
BY_ANYBODY = {("EVENTS", "state", outcome) for outcome in ("confirmed", "cancelling", "failed", "parked")} | {
    ("EVENTS", "error", "parked")
}
# Attributes whose empty value is right.
MAY_BE_EMPTY = {("EVENTS", "detail"), ("INVENTORY", "name")}


@cache
def tables() -> Tables:
    """Return the rows of orders that are confirmed, cancelled, paused, parked, and started by the sweeper."""
    for bring in (steps.confirmed, steps.failed, steps.rejected, steps.paused, parked_without_a_charge, returned):
        bring()
    guard.reschedule(guard.read(order_id := world.placed()), clock.now(), started="OrderPlaced")
    outbox.set_aside({"orderId": order_id, "eventType": "OrderPlaced"})
    return {name: rows for name, rows in world.everything().items() if name in KEYS}


def returned() -> str:
    return steps.confirmed(RETURN)


def parked_without_a_charge() -> str:
    """Park an order whose refund was made, so that the reconciliation has nothing to tell."""
    order_id = steps.cancelling()
    steps.refund(order_id)
    steps.give_up(order_id)
    return order_id


def orders() -> list[Item]:
    """Return the rows of orders. That of their return has no prices."""
    return [row for row in tables()["SAGAS"] if "returnOf" not in row]


def samples() -> Iterator[tuple[str, Item]]:
    """Yield one row of each shape of each table."""
    shapes = set[tuple[str, frozenset[str]]]()
    for table, rows in tables().items():
        for row in rows:
            shape = (table, frozenset(row))
            if shape not in shapes:
                shapes.add(shape)
                yield table, row


def found(table: str, row: Item, changed: Item) -> list[str]:
    """Return the findings if a row is changed."""
    rows = [changed if each is row else each for each in tables()[table]]
    return findings({**tables(), table: rows}, NOW)


def is_told(table: str, row: Item, told: list[str]) -> bool:
    """Return whether a finding names the row or, if its key is what changed, its table."""
    names = {str(row[key]) for key in KEYS[table]} | {f"({table})"}
    return any(name in finding for finding in told for name in names)


def test_good_rows_are_no_finding() -> None:
    assert findings(tables(), NOW) == []
    assert {table for table, _ in samples()} == KEYS.keys()


@pytest.mark.parametrize("table", KEYS)
def test_a_row_without_an_attribute_is_told(table: str) -> None:
    for row in (row for name, row in samples() if name == table):
        for attribute in row:
            told = found(table, row, {name: value for name, value in row.items() if name != attribute})
            optional = (table, attribute) in MAY_LACK or (table, attribute, row.get("outcome")) in BY_ANYBODY
            assert is_told(table, row, told) or optional, (attribute, row, told)


@pytest.mark.parametrize("table", KEYS)
def test_an_attribute_of_the_wrong_type_or_with_an_odd_value_is_told(table: str) -> None:
    for row in (row for name, row in samples() if name == table):
        for attribute, good in row.items():
            for value in ODD:
                told = found(table, row, {**row, attribute: value})  # whatever it is, this does not raise
                may_be = value in ("", {}) and (table, attribute) in MAY_BE_EMPTY
                if (type(value) is not type(good) or value in NONSENSE) and not may_be:
                    assert is_told(table, row, told), (attribute, value, row)


@pytest.mark.parametrize(("table", "status"), [("SAGAS", "LOST"), ("GATEWAY_LEDGER", "lost"), ("EVENTS", "lost")])
def test_an_unknown_status_is_told(table: str, status: str) -> None:
    name = "outcome" if table == "EVENTS" else "status"
    for row in (row for each, row in samples() if each == table and name in row):
        assert is_told(table, row, found(table, row, {**row, name: status}))


@pytest.mark.parametrize("part", ["productId", "quantity", "unitPrice"])
@pytest.mark.parametrize("value", [*ODD[3:], "gone"])
def test_a_line_of_an_order_with_an_odd_part_is_told(part: str, value: Any) -> None:
    row = orders()[0]
    (line,) = row["items"]
    changed = {name: each for name, each in {**line, part: value}.items() if value != "gone"}
    assert is_told("SAGAS", row, found("SAGAS", row, {**row, "items": [changed]})) or value == line[part]


@pytest.mark.parametrize("part", ["amount", "intentId", "currency"])
def test_a_payment_with_an_odd_part_is_told(part: str) -> None:
    row = next(row for row in tables()["EVENTS"] if row["eventType"] == "PaymentIntentRecorded")
    for value in ODD:
        told = found("EVENTS", row, {**row, "detail": {**row["detail"], part: value}})
        assert is_told("EVENTS", row, told), (value, row)


def test_a_malformed_row_does_not_hide_what_is_wrong_elsewhere() -> None:
    order, other, *_ = orders()
    rows = [{**order, "totalAmount": Decimal("0.5")}, {**other, "status": "LOST"}]
    rest = [row for row in tables()["SAGAS"] if row not in (order, other)]
    told = findings({**tables(), "SAGAS": [*rows, *rest]}, NOW)
    assert f"{order['orderId']}: totalAmount is 0.5, not a whole number (SAGAS)" in told
    assert f"{other['orderId']}: has the unknown status LOST" in told


def test_an_order_whose_row_is_malformed_is_not_said_to_be_missing_and_its_stock_still_adds_up() -> None:
    order = orders()[0]
    assert found("SAGAS", order, {**order, "createdAt": "yesterday"}) == [
        f"{order['orderId']}: createdAt is a str, not a time in milliseconds (SAGAS)"
    ]


def test_the_text_of_a_malformed_row_is_not_shown() -> None:
    order = orders()[0]
    assert "Jane" not in "".join(found("SAGAS", order, {**order, "totalAmount": "Jane's order"}))


def with_secret(**secret: Any) -> Tables:
    return {**tables(), "SAGAS": [*tables()["SAGAS"], {"orderId": world.SECRET["orderId"], **secret}]}


def test_the_row_with_the_secret_of_the_order_ids_is_no_order() -> None:
    assert findings(with_secret(secret=world.SECRET["secret"]), NOW) == []


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        ({}, "missing"),
        ({"secret": ""}, "empty, not 32 bytes or more in hexadecimal"),
        ({"secret": "zz"}, "a str, not 32 bytes or more in hexadecimal"),
        ({"secret": "zz" * 32}, "a str, not 32 bytes or more in hexadecimal"),
        ({"secret": "5e" * 31}, "a str, not 32 bytes or more in hexadecimal"),
        ({"secret": b"bytes"}, "a bytes, not 32 bytes or more in hexadecimal"),
        ({"secret": None}, "a NoneType, not 32 bytes or more in hexadecimal"),
    ],
    ids=str,
)
def test_a_secret_that_makes_no_order_ids_is_told_but_not_shown(secret: dict[str, Any], fault: str) -> None:
    assert findings(with_secret(**secret), NOW) == [f"order-id-secret: secret is {fault} (SAGAS)"]


def test_a_row_of_a_table_that_nobody_knows_may_have_any_order_id() -> None:
    told = findings({**tables(), "VANS": [{"orderId": ["a", "list"]}, {"orderId": "another"}, {}]}, NOW)
    assert told == ["['a', 'list']: orderId is a list, not text (VANS)", "another: no such order"]


ON_RECORD: tuple[Any, ...] = (
    {"productId": {"S": "fraction"}, "price": {"N": "349.99"}, "available": {"N": "1"}, "stocked": {"N": "1"}},
    {"productId": {"S": "huge"}, "price": {"N": "1E+125"}, "available": {"N": "1"}, "stocked": {"N": "1"}},
    {"productId": {"S": "number-set"}, "price": {"NS": ["1", "2.5"]}, "available": {"N": "1"}, "stocked": {"N": "1"}},
    {"productId": {"S": "binary"}, "price": {"B": b"12"}, "available": {"N": "1"}, "stocked": {"N": "1"}},
    {"productId": {"S": "null"}, "price": {"NULL": True}, "available": {"N": "1"}, "stocked": {"N": "1"}},
    {"productId": {"S": "flag"}, "price": {"BOOL": True}, "available": {"N": "1"}, "stocked": {"N": "1"}},
    {"productId": {"S": "half"}, "price": {"N": "1"}, "available": {"N": "0.5"}, "stocked": {"N": "0.5"}},
    {"productId": {"S": "bare"}},
)


@pytest.mark.usefixtures("target_stack")
def test_the_command_survives_every_type_that_dynamodb_has(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_SETTLING_SECONDS", 0)
    steps.confirmed()
    for item in ON_RECORD:
        dynamodb.client.put_item(TableName=stack.outputs["InventoryTable"], Item=item)
    dynamodb.client.put_item(
        TableName=os.environ["SAGAS_TABLE"], Item={"orderId": {"S": "bare"}, "dueAt": {"N": "1.5"}, "x": {"BS": [b"1"]}}
    )
    ended = saga("check")
    assert ended.exit_code == 1
    lines = ended.stdout.splitlines()
    told = {line.partition(":")[0] for line in lines}
    assert told == {item["productId"]["S"] for item in ON_RECORD}  # of the order, too: "bare"
    assert "bare: dueAt is 1.5, not a time in milliseconds (SAGAS)" in lines
    assert "fraction: price is 349.99: expected a whole number from 0 to 999999999999 (INVENTORY)" in lines
