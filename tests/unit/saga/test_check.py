"""Reconciliation reads every table of record."""

from dataclasses import replace
from typing import Any

import pytest

from saga.reconcile import run
from saga.reconcile.invariants import violations
from saga.stack.stack import Stack
from sagakit import clock
from tests.support import steps, world
from tests.support.template import resources, tables_of_record

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def deployed(stack: Stack) -> Stack:
    """Let rows expire in the tables in which the template says so."""
    for logical_id, table in resources("AWS::DynamoDB::Table").items():
        if expiry := table["Properties"].get("TimeToLiveSpecification"):
            stack.session.client("dynamodb").update_time_to_live(
                TableName=stack.outputs[logical_id], TimeToLiveSpecification=expiry
            )
    return stack


def test_all_tables_except_those_whose_rows_expire_are_read(deployed: Stack) -> None:
    steps.confirmed()
    found = run.read(deployed)
    assert found.keys() == set(tables_of_record())
    without_secret = {**found, "SAGAS": [row for row in found["SAGAS"] if row != world.SECRET]}
    assert {name: len(rows) for name, rows in without_secret.items()} == {name: len(world.rows(name)) for name in found}


def test_the_table_of_a_new_participant_is_read_too(deployed: Stack) -> None:
    outputs = {**deployed.outputs, "ReturnedShipmentsTable": deployed.outputs["PaymentsTable"]}
    steps.confirmed()
    found = run.read(replace(deployed, outputs=outputs))
    assert found["RETURNED_SHIPMENTS"] == found["PAYMENTS"]


def test_a_violation_must_still_be_there_a_moment_later(deployed: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_SETTLING_SECONDS", 0)
    order_id = steps.confirmed()
    assert run.check(deployed) == []
    world.put("ORDER_LINES", {"productId": "monitor", "line": "x", "orderId": "another"})
    world.remove("EVENTS", orderId=order_id, eventType="PaymentCharged")
    assert run.check(deployed) == [f"{order_id}: is CONFIRMED without PaymentCharged", "another: no such order"]


@pytest.mark.parametrize(
    ("bring", "told"),
    [(steps.confirmed, ["order-id-secret: is missing, although there are orders (SAGAS)"]), (str, [])],
)
def test_the_secret_of_the_order_ids_must_be_there_once_there_are_orders(
    deployed: Stack, monkeypatch: pytest.MonkeyPatch, bring: steps.Bring, told: list[str]
) -> None:
    monkeypatch.setattr(run, "_SETTLING_SECONDS", 0)
    bring()
    assert run.check(deployed) == []
    world.remove("SAGAS", orderId=world.SECRET["orderId"])
    assert run.check(deployed) == told


@pytest.mark.parametrize(
    ("ages", "problem"),
    [
        ({"dueAt": 16, "deadlineAt": -60}, "is still PENDING and long due, and nothing has resumed it"),
        ({"dueAt": 16, "deadlineAt": 16}, "is still PENDING and long past its deadline"),
        ({"dueAt": 14, "deadlineAt": 14}, None),
        ({"dueAt": -1, "deadlineAt": -60}, None),
    ],
)
def test_an_order_that_recovery_has_forgotten_is_a_violation(
    deployed: Stack, monkeypatch: pytest.MonkeyPatch, ages: dict[str, int], problem: str | None
) -> None:
    """Ages are in minutes."""
    monkeypatch.setattr(run, "_SETTLING_SECONDS", 0)
    order_id = steps.paused()
    (row,) = world.rows("SAGAS")
    world.put("SAGAS", {**row, **{name: clock.now() - age * 60_000 for name, age in ages.items()}})
    assert run.check(deployed) == ([f"{order_id}: {problem}"] if problem else [])


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"paused": {"state": "ConfirmOrder"}}, "is CONFIRMED, but still has paused"),
        ({"deadlineAt": 1}, "is CONFIRMED, but still has deadlineAt"),
    ],
)
def test_only_an_open_order_has_a_deadline_or_is_paused(changes: dict[str, Any], problem: str) -> None:
    order_id = steps.confirmed()
    (row,) = world.rows("SAGAS")
    world.put("SAGAS", {**row, **changes})
    assert violations(world.everything()) == [f"{order_id}: {problem}"]


def test_an_order_is_due_at_its_deadline_at_the_latest() -> None:
    order_id = steps.paused()
    (row,) = world.rows("SAGAS")
    world.put("SAGAS", {**row, "deadlineAt": row["dueAt"] - 1})
    assert violations(world.everything()) == [f"{order_id}: is due only after its deadline"]


@pytest.mark.parametrize("bring", [steps.paused, steps.parked, lambda: steps.paused(steps.cancelling)])
def test_an_order_that_waits_or_is_resumed_violates_nothing(bring: steps.Bring) -> None:
    order_id = bring()
    assert violations(world.everything()) == []
    steps.call("ResumeOrder", order_id, reason="it works again")
    assert violations(world.everything()) == []
