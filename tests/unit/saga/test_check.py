"""Reconciliation reads every table of record."""

from dataclasses import replace
from typing import Any

import pytest

from saga.reconcile import run
from saga.reconcile.invariants import violations
from saga.reconcile.records import Records
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


def test_all_tables_except_those_whose_rows_expire_are_of_record(deployed: Stack) -> None:
    assert Records(deployed).names.keys() == set(tables_of_record())


def test_the_table_of_a_new_participant_is_read_too(deployed: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_SETTLING_SECONDS", 0)
    outputs = {**deployed.outputs, "ReturnedShipmentsTable": deployed.outputs["InventoryTable"]}
    world.put("INVENTORY", {**world.product(), "orderId": "another"})
    assert run.check(replace(deployed, outputs=outputs)) == ["another: no such order"]


def test_a_violation_must_still_be_there_a_moment_later(deployed: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_SETTLING_SECONDS", 0)
    order_id = steps.confirmed()
    assert run.check(deployed) == []
    world.put("ORDER_LINES", {"productId": "monitor", "line": "x", "orderId": "another"})
    world.remove("EVENTS", orderId=order_id, eventType="PaymentCharged")
    assert run.check(deployed) == [
        f"{order_id}: is CONFIRMED without PaymentCharged",
        f"{order_id}: misses the event before OrderConfirmed",
        "another: no such order",
    ]


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
        ({"started": "OrderPlaced"}, "is CONFIRMED, but still has started"),
    ],
)
def test_only_an_open_order_has_a_deadline_or_is_paused(changes: dict[str, Any], problem: str) -> None:
    order_id = steps.confirmed()
    (row,) = world.rows("SAGAS")
    world.put("SAGAS", {**row, **changes})
    assert violations(world.everything()) == [f"{order_id}: {problem}"]


@pytest.mark.parametrize(
    ("bring", "later", "newest"),
    [(world.placed, 1, "OrderPlaced"), (steps.confirmed, 1, "OrderConfirmed"), (steps.failed, -1, "OrderFailed")],
)
def test_an_order_was_updated_by_its_newest_event(bring: steps.Bring, later: int, newest: str) -> None:
    order_id = bring()
    (row,) = world.rows("SAGAS")
    at = row["updatedAt"]
    world.put("SAGAS", {**row, "updatedAt": at + later})
    assert violations(world.everything()) == [f"{order_id}: was updated at {at + later}, but by {newest} at {at}"]


def test_the_row_of_an_open_order_of_an_older_version_is_older_than_its_newest_event() -> None:
    steps.paid()
    (row,) = world.rows("SAGAS")
    world.put("SAGAS", {**row, "updatedAt": row["createdAt"]})
    assert violations(world.everything()) == []


def test_accepting_a_return_does_not_update_its_order() -> None:
    world.returned(steps.confirmed())
    assert violations(world.everything()) == []


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
