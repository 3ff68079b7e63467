"""Reconciliation reads every table of record."""

from dataclasses import replace

import pytest

from saga.reconcile import run
from saga.stack.stack import Stack
from tests.support import steps, world
from tests.support.template import resources, tables_of_record


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
    assert {name: len(rows) for name, rows in found.items()} == {name: len(world.rows(name)) for name in found}


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
