"""A record as one document: it round-trips byte for byte, and anything malformed is refused."""

import json
import operator
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from saga.failures import UsageFailure
from saga.orders.record import of_json, to_json
from tests.support.asl import Json
from tests.unit.saga.orders import recorded


@pytest.mark.parametrize("name", recorded.NAMES)
def test_an_export_round_trips_byte_for_byte(name: str) -> None:
    assert to_json(recorded.record(name)) == recorded.text(name)


@pytest.mark.parametrize("name", recorded.NAMES)
def test_an_export_is_ascii_and_has_no_secrets(name: str) -> None:
    written = recorded.text(name)
    assert written.isascii()
    assert written.endswith("}\n")
    assert not [secret for secret in ("pm_", "fingerprint", "ministack", "/home", ".engine") if secret in written]


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", '"text"', "1e999", "[" * 100_000, '{"a": NaN}', "\x00", "1" * 5000],
    ids=["nothing", "half", "null", "list", "text", "infinite", "deep", "not a number", "nul", "long number"],
)
def test_what_is_not_a_document_is_refused(text: str) -> None:
    with pytest.raises(UsageFailure, match="not an exported order"):
        of_json(text)


def _at(document: Json, path: Iterable[Any]) -> Json:
    for step in path:
        document = document[step]
    return document


def _set(*path: Any, to: Json) -> Callable[[Json], None]:
    return lambda document: operator.setitem(_at(document, path[:-1]), path[-1], to)


def _without(*path: Any) -> Callable[[Json], None]:
    return lambda document: operator.delitem(_at(document, path[:-1]), path[-1])


HOSTILE = [
    _set("format", to="order-saga/record/2"),
    _set("orderId", to="another"),
    _set("order", "status", to="LOST"),
    _set("order", "status", to=["CONFIRMED"]),
    _set("order", "items", to={}),
    _set("order", "items", 0, "quantity", to="2"),
    _set("order", "items", 0, "quantity", to=True),
    _set("order", "totalAmount", to=float("inf")),
    _set("order", "createdAt", to="yesterday"),
    _set("order", "createdAt", to="2026-11-21T23:00:21"),
    _set("order", "createdAt", to="9999-12-31T23:59:59Z"),
    _set("order", "createdAt", to="1969-12-31T23:59:59Z"),
    _set("order", "parked", to={}),
    _set("events", 0, "at", to=0),
    _set("events", 0, "detail", to=[]),
    _set("events", 0, "detail", "items", to=[{"productId": 7, "quantity": 1}]),
    _set("events", 1, "detail", "items", to="all"),
    _set("events", 1, "outcome", to=None),
    _set("events", 1, "restsOn", to="InventoryReserved"),
    _set("events", 2, "detail", "amount", to="much"),
    _set("payment", to=[]),
    _set("payment", "intent", "taken", to=None),
    _set("executions", 0, "stopped", to=7),
    _set("executions", 0, "history", 0, to=None),
    _set("executions", 0, "history", 1, "stateEnteredEventDetails", to=[]),
    _set("executions", 0, "history", 1, "stateEnteredEventDetails", to={"name": 7}),
    _set("executions", 0, "history", 3, "taskSucceededEventDetails", "output", to={}),
    _set("definition", to={}),
    _set("definition", "StartAt", to="Nowhere"),
    _set("definition", "States", "ReserveInventory", "Next", to="\x1b[31m"),
    _set("versions", "functions", to=[]),
    _without("stack", "onEngine"),
    _without("executions", 0, "name"),
    _without("executions", 0, "history", 1, "stateEnteredEventDetails"),
]


@pytest.mark.parametrize("change", HOSTILE)
def test_a_malformed_document_is_refused_in_one_line(change: Callable[[Json], None]) -> None:
    document = json.loads(recorded.text("confirmed"))
    change(document)
    with pytest.raises(UsageFailure, match="not an exported order: ") as refused:
        of_json(json.dumps(document))
    assert str(refused.value).isprintable()


def test_what_a_later_version_adds_is_allowed() -> None:
    document = json.loads(recorded.text("confirmed"))
    document["order"]["colour"] = "red"
    document["events"].append({**document["events"][0], "type": "ShipmentBooked", "detail": {"pieces": 2}})
    assert of_json(json.dumps(document)).order["colour"] == "red"


def test_an_export_of_an_older_version_which_says_what_was_dispatched_is_read() -> None:
    document = json.loads(recorded.text("confirmed"))
    for event in document["events"]:
        event["dispatched"] = True
    assert of_json(json.dumps(document)) == recorded.record("confirmed")


def test_the_error_names_the_field() -> None:
    with pytest.raises(UsageFailure, match=r"order\.totalAmount: Input should be a finite number"):
        of_json(recorded.text("confirmed").replace('"totalAmount": 1299.99', '"totalAmount": 1e999'))


@pytest.mark.parametrize(("name", "status"), [("confirmed", "CONFIRMED"), ("declined", "FAILED"), ("parked", "PARKED")])
def test_a_finished_order_is_over_and_settled(name: str, status: str) -> None:
    record = recorded.record(name)
    assert (record.status, record.is_over, record.is_settled) == (status, True, True)


def test_an_order_is_not_settled_while_it_or_an_execution_goes_on() -> None:
    record = recorded.record("confirmed")
    running = replace(record.executions[0], stopped=None)
    assert not replace(record, executions=(running,)).is_settled
    assert not replace(record, order={**record.order, "status": "PENDING"}).is_settled


def test_an_order_is_not_settled_before_its_last_execution_has_begun() -> None:
    record = recorded.record("resumed")
    waiting = replace(record, executions=record.executions[:1])
    assert (waiting.awaited, waiting.is_settled) == (record.events[6], False)
    assert waiting.events[6].type == "OrderResumed#1"
    assert (record.awaited, record.is_settled) == (None, True)


@pytest.mark.parametrize(
    "stack",
    [
        {},  # AWS keeps executions for 90 days
        {"workflowType": "EXPRESS", "onEngine": False},
        {"workflowType": "QUEUES", "stateMachine": ""},
    ],
    ids=["old", "express", "queues"],
)
def test_an_order_that_is_over_and_of_which_no_execution_is_on_record_is_settled(stack: Json) -> None:
    record = recorded.record("confirmed")
    assert replace(record, executions=(), stack={**record.stack, **stack}).is_settled


def test_an_execution_is_awaited_only_if_it_would_be_on_record() -> None:
    confirmed = recorded.record("confirmed")
    pending = {**confirmed.order, "status": "PENDING"}
    placed = replace(confirmed, order=pending, events=confirmed.events[:1], executions=())
    assert placed.awaited == confirmed.events[0]
    on_aws = replace(placed, stack={**placed.stack, "onEngine": False})
    assert on_aws.awaited == confirmed.events[0]
    for unknown in ({"workflowType": "EXPRESS"}, {"workflowType": "QUEUES", "stateMachine": ""}):
        assert replace(on_aws, stack={**on_aws.stack, **unknown}).awaited is None
