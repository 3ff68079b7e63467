"""Reading a record: what is on record comes back, whatever AWS keeps of the executions."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from order.views import event_view, order_view
from saga.failure import NoSuchOrder
from saga.orders import api_view, history
from saga.orders.reading import read, read_again, status
from saga.orders.record import to_json
from sagakit.event import of_row
from tests.support import steps, world
from tests.unit.saga.orders import recorded

pytestmark = pytest.mark.usefixtures("world")


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("name", recorded.NAMES)
def test_an_order_on_record_is_read_completely_and_the_same_each_time(name: str, *, old: bool) -> None:
    record = recorded.record(name)
    stack = recorded.deployed(record, old=old)
    assert read(stack, record.order_id) == record
    assert to_json(read(stack, record.order_id)) == recorded.text(name)


def test_where_aws_keeps_nothing_of_the_executions_the_rest_is_read() -> None:
    record = recorded.record("confirmed")
    express = replace(record, executions=(), stack={**record.stack, "workflowType": "EXPRESS"})
    assert read(recorded.deployed(express), record.order_id) == express


def test_an_undispatched_event_and_a_trace_are_read() -> None:
    record = recorded.record("confirmed")
    traced = replace(record.executions[0], trace="1-2-3")
    undispatched = replace(record.events[-1], dispatched=False)
    changed = replace(record, executions=(traced,), events=(*record.events[:-1], undispatched))
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
def test_what_is_no_order_is_told_safely(order_id: str) -> None:
    stack = recorded.deployed(recorded.record("confirmed"))
    for ask in (status, read):
        with pytest.raises(NoSuchOrder, match="there is no order") as told:
            ask(stack, order_id)
        assert str(told.value).isprintable()
        assert len(str(told.value)) < 200


@pytest.mark.parametrize("bring", [steps.confirmed, steps.cancelling, steps.parked, steps.failed, steps.rejected])
def test_an_order_and_its_events_are_shown_as_the_api_shows_them(bring: Callable[[], str]) -> None:
    order_id = bring()
    (row,) = world.rows("SAGAS")
    assert api_view.order_view(row) == order_view(row)
    for event in world.rows("EVENTS"):
        assert api_view.detail_view(event["detail"]) == event_view(of_row(event))["detail"]
    assert row["orderId"] == order_id


def test_money_and_times_survive_both_ways() -> None:
    assert [api_view.minor(major) for major in (0.0, 0.1, 0.29, 1299.99, 9_999_999_999.99)] == [
        *(0, 10, 29, 129999, 999_999_999_999)
    ]
    assert api_view.milliseconds("2026-01-01T01:00:00.123+01:00") == 1_767_225_600_123


def test_a_path_has_the_last_attempt_of_each_visit_and_says_how_it_ended() -> None:
    record = recorded.record("flaky")
    stack = recorded.deployed(record)
    name = record.executions[0].name
    assert history.has_ended(stack, name)
    assert [history.words(attempt) for attempt in history.path(stack, name)] == [
        "✓ ReserveInventory",
        "✓ ProcessPayment",
        "✓ ConfirmOrder",
        "✓ OrderConfirmed",
    ]
    declined = recorded.record("declined")
    path = history.path(recorded.deployed(declined), declined.executions[0].name)
    assert history.words(path[1]) == "! ProcessPayment (PaymentDeclined)"


def test_an_execution_that_has_not_started_has_neither_ended_nor_a_path() -> None:
    stack = recorded.deployed(recorded.record("flaky"))
    assert (history.has_ended(stack, "nope"), history.path(stack, "nope")) == (False, [])
