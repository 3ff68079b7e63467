"""Loading a record, whatever AWS keeps of the executions."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from order.views import event_view, order_view
from saga.failures import NoSuchOrder
from saga.orders import api_view
from saga.orders.reader import read, read_again, status
from saga.orders.record import to_json
from saga.text.money import minor
from saga.text.times import milliseconds
from sagakit.event import from_row
from tests.support import steps, world
from tests.unit.saga.orders import recorded

pytestmark = pytest.mark.usefixtures("world")


def resumed() -> str:
    """Pause an order and try it again."""
    order_id = steps.paused()
    steps.call("ResumeOrder", order_id, reason="it works again")
    return order_id


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("name", recorded.NAMES)
def test_an_order_is_read_completely(name: str, *, old: bool) -> None:
    record = recorded.record(name)
    found = read(recorded.deployed(record, old=old), record.order_id)
    assert (found, to_json(found)) == (record, recorded.text(name))


def test_without_executions_the_rest_is_read() -> None:
    record = recorded.record("confirmed")
    express = replace(record, executions=(), stack={**record.stack, "workflowType": "EXPRESS"})
    assert read(recorded.deployed(express), record.order_id) == express


def test_an_express_execution_is_not_looked_up_on_aws_which_describes_none() -> None:
    record = recorded.record("confirmed")
    stack = {**record.stack, "workflowType": "EXPRESS", "onEngine": False}
    stepfunctions = recorded.StepFunctions(record)
    deployed = recorded.deployed(replace(record, stack=stack), stepfunctions=stepfunctions)
    assert (read(deployed, record.order_id).executions, stepfunctions.described) == ((), [])


def test_a_trace_is_read() -> None:
    record = recorded.record("confirmed")
    changed = replace(record, executions=(replace(record.executions[0], trace="1-2-3"),))
    assert read(recorded.deployed(changed), record.order_id) == changed


def test_an_execution_that_has_ended_is_not_read_again() -> None:
    record = recorded.record("resumed")
    running = replace(record.executions[1], stopped=None, status="RUNNING", error=None, cause=None, output=None)
    now = replace(record, executions=(record.executions[0], running))
    stepfunctions = recorded.StepFunctions(now)
    stack = recorded.deployed(now, stepfunctions=stepfunctions)
    assert read_again(stack, replace(now, order={}, events=(), payment=None)) == now
    assert stepfunctions.described == [running.name]


@pytest.mark.parametrize("order_id", ["nope", "", "x" * 3000, "\x1b[31m", "../x"])
def test_an_unknown_id_is_printed_safely(order_id: str) -> None:
    stack = recorded.deployed(recorded.record("confirmed"))
    for load in (status, read):
        with pytest.raises(NoSuchOrder, match="no such order") as error:
            load(stack, order_id)
        assert str(error.value).isprintable()
        assert len(str(error.value)) < 200


BRINGS = [steps.confirmed, steps.cancelling, steps.parked, steps.failed, steps.rejected, steps.paused, resumed]


@pytest.mark.parametrize("bring", BRINGS)
def test_an_order_and_its_events_look_as_in_the_api(bring: Callable[[], str]) -> None:
    order_id = bring()
    row = order_row()
    assert without_reasons(api_view.order_view(row)) == without_reasons(order_view(row))
    for event in world.rows("EVENTS"):
        view = api_view.detail_view(event["detail"], event["outcome"])
        assert without_reasons(view) == without_reasons(event_view(from_row(event))["detail"])
    assert row["orderId"] == order_id


@pytest.mark.parametrize("bring", BRINGS)
def test_operators_read_all_that_is_on_record_about_reasons(bring: Callable[[], str]) -> None:
    bring()
    row = order_row()
    view = api_view.order_view(row)
    assert view.get("reason") == row.get("reason")
    for mark in ("paused", "parked"):
        assert view.get(mark, {}).keys() == row.get(mark, {}).keys()


def order_row() -> Any:
    (row,) = [row for row in world.rows("SAGAS") if "status" in row]
    return row


def without_reasons(view: Any) -> Any:
    """Return the view without what operators and customers read differently."""
    if not isinstance(view, dict):
        return view
    kept = view.keys() - {"reason", "message", "text", "cause", "failures"}
    return {name: without_reasons(view[name]) for name in kept}


def test_money_and_times_are_read_exactly() -> None:
    assert [minor(major) for major in (0.0, 0.1, 0.29, 1299.99, 9_999_999_999.99)] == [
        *(0, 10, 29, 129999, 999_999_999_999)
    ]
    assert milliseconds("2026-01-01T01:00:00.123+01:00") == 1_767_225_600_123
