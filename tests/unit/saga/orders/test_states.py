"""The outcome of each state: from histories, from events alone, and at an earlier time."""

from dataclasses import replace

import pytest

from saga.graph import Outcome, StateStatus
from saga.graph.asl import parse
from saga.orders.record import Record
from saga.orders.states import as_of, moments, source, statuses
from tests.unit.saga.orders import recorded

SUCCEEDED, CAUGHT, FAILED = StateStatus(Outcome.SUCCEEDED), StateStatus(Outcome.CAUGHT), StateStatus(Outcome.FAILED)
RUNNING = StateStatus(Outcome.RUNNING)


def reached(record: Record, until: int | None = None) -> dict[str, StateStatus]:
    return {name: status for name, status in statuses(record, until).items() if status != StateStatus()}


def without_history(record: Record) -> Record:
    """Return the record without its executions."""
    return replace(record, executions=())


def test_a_declined_order_agrees_with_its_history_state_by_state() -> None:
    record = recorded.record("declined")
    assert source(record) == "history"
    assert statuses(record) == {
        "ReserveInventory": SUCCEEDED,
        "ProcessPayment": CAUGHT,
        "ConfirmOrder": StateStatus(),
        "OrderConfirmed": StateStatus(),
        "CancelOrder": SUCCEEDED,
        "RefundPayment": SUCCEEDED,
        "ReleaseInventory": SUCCEEDED,
        "FailOrder": SUCCEEDED,
        "OrderFailed": FAILED,
        "CompensationIncomplete": StateStatus(),
    }


def test_retries_are_counted() -> None:
    assert statuses(recorded.record("flaky"))["ProcessPayment"] == StateStatus(Outcome.SUCCEEDED, 2)
    assert statuses(recorded.record("parked"))["RefundPayment"] == StateStatus(Outcome.CAUGHT, 7)


@pytest.mark.parametrize("name", recorded.NAMES)
def test_events_alone_give_the_same_outcomes(name: str) -> None:
    """Except for a compensation that failed, which leaves no event."""
    record = recorded.record(name)
    found = reached(without_history(record))
    assert source(without_history(record)) == "events"
    assert found == {state: StateStatus(status.outcome) for state, status in reached(record).items() if state in found}
    assert reached(record).keys() - found.keys() <= {"RefundPayment"}


def test_the_end_of_a_resumed_order_is_the_last_executions() -> None:
    for record in (recorded.record("resumed"), without_history(recorded.record("resumed"))):
        assert statuses(record)["CompensationIncomplete"] == StateStatus()
        assert statuses(record)["OrderFailed"] == FAILED


def test_before_the_resume_the_order_was_parked() -> None:
    record = recorded.record("resumed")
    assert statuses(record, record.executions[1].started - 1) == statuses(recorded.record("parked"))


def test_a_state_runs_from_its_entry_to_its_end() -> None:
    record = recorded.record("declined")
    entry = next(each for each in record.executions[0].history if each["type"] == "TaskStateEntered")
    assert reached(record, entry["timestamp"]) == {"ReserveInventory": RUNNING}
    assert reached(record, entry["timestamp"] - 1) == {}


def test_a_state_that_waits_for_its_next_attempt_is_running() -> None:
    record = recorded.record("flaky")
    failures = [each["timestamp"] for each in record.executions[0].history if each["type"] == "TaskFailed"]
    assert reached(record, failures[0])["ProcessPayment"] == RUNNING
    assert reached(record, failures[1])["ProcessPayment"] == StateStatus(Outcome.RUNNING, 1)


@pytest.mark.parametrize("name", recorded.NAMES)
def test_the_last_moment_is_the_end_and_no_moment_forgets_a_state(name: str) -> None:
    record = recorded.record(name)
    stops = moments(record)
    assert stops == sorted(set(stops))
    assert stops[0] == record.events[0].at
    assert statuses(record, stops[-1]) == statuses(record)
    seen: set[str] = set()
    for stop in stops:
        now = reached(record, stop).keys()
        assert seen - now <= {"CompensationIncomplete"}
        seen |= now


def test_with_two_executions_at_once_the_last_visit_of_each_state_counts() -> None:
    """A customer cancels while the payment is being retried: a second execution starts beside the first."""
    record = recorded.record("resumed")
    first, second = record.executions
    overlap = first.history[6]["timestamp"] + 1
    early = tuple({**entry, "timestamp": overlap + n} for n, entry in enumerate(second.history))
    beside = replace(second, started=overlap, stopped=overlap + len(early), history=early)
    both = replace(record, executions=(replace(first, stopped=None, history=first.history[:8]), beside))
    assert statuses(both)["ProcessPayment"] == CAUGHT
    assert statuses(both)["OrderFailed"] == FAILED


def test_an_order_that_is_confirmed_ends_at_the_pivot_with_the_definition_of_today() -> None:
    record = without_history(recorded.record_of_today("confirmed"))
    assert reached(record) == dict.fromkeys(("ReserveInventory", "ProcessPayment", "ConfirmOrder"), SUCCEEDED)
    assert parse(record.definition).ends >= {"ConfirmOrder"}


def test_a_payment_is_running_until_the_cancellation_interrupts_it() -> None:
    record = without_history(recorded.record("resumed"))
    intended, cancelled = (
        next(e.at for e in record.events if e.type == name) for name in ("PaymentIntentRecorded", "OrderCancelling")
    )
    assert reached(record, intended)["ProcessPayment"] == RUNNING
    assert reached(record, cancelled)["ProcessPayment"] == CAUGHT


def test_events_of_the_api_and_recovery_belong_to_no_state() -> None:
    record = without_history(recorded.record("confirmed"))
    placed = record.events[0]
    cancelled = recorded.event(
        "OrderCancelling", placed.at + 1, {"reason": "CustomerCancelled", "cause": ""}, starts_saga=True
    )
    parked = recorded.event(
        "OrderParked#1", placed.at + 2, {"notUndone": [], "undone": [], "failures": {"recovery": "x"}}
    )
    assert reached(replace(record, events=(placed, cancelled, parked))) == {}


def test_an_earlier_time_leaves_the_rows_as_they_are() -> None:
    record = recorded.record("resumed")
    seen = as_of(record, record.executions[0].started)
    assert [execution.status for execution in seen.executions] == ["RUNNING"]
    assert (seen.order, len(seen.events)) == (record.order, 1)
