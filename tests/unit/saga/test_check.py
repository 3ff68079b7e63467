"""What the reconciliation reads: every table of the stack that is a record."""

from dataclasses import replace

import pytest

from saga import check
from saga.stack import Stack
from tests.support import steps, world
from tests.support.template import resources, tables_of_record


@pytest.fixture
def deployed(stack: Stack) -> Stack:
    """Let the rows of the tables expire that do so by the template."""
    for logical_id, table in resources("AWS::DynamoDB::Table").items():
        if expiry := table["Properties"].get("TimeToLiveSpecification"):
            stack.session.client("dynamodb").update_time_to_live(
                TableName=stack.outputs[logical_id], TimeToLiveSpecification=expiry
            )
    return stack


def test_all_tables_are_read_but_those_whose_rows_expire(deployed: Stack) -> None:
    steps.confirmed()
    found = check.read(deployed)
    assert found.keys() == set(tables_of_record())
    assert {name: len(rows) for name, rows in found.items()} == {name: len(world.rows(name)) for name in found}


def test_a_table_that_a_new_participant_adds_is_read_too(deployed: Stack) -> None:
    outputs = {**deployed.outputs, "ReturnedShipmentsTable": deployed.outputs["PaymentsTable"]}
    steps.confirmed()
    found = check.read(replace(deployed, outputs=outputs))
    assert found["RETURNED_SHIPMENTS"] == found["PAYMENTS"]


def test_what_is_wrong_is_told_when_it_is_still_so(deployed: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "_SETTLING_SECONDS", 0)
    order_id = steps.confirmed()
    assert check.check(deployed) == []
    world.put("ORDER_LINES", {"productId": "monitor", "line": "x", "orderId": "another"})
    world.remove("EVENTS", orderId=order_id, eventType="PaymentCharged")
    assert check.check(deployed) == [f"{order_id}: is CONFIRMED without PaymentCharged", "another: no such order"]
