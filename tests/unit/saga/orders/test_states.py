"""What became of each state: by histories, by events alone, and as of a time."""

from dataclasses import replace

import pytest

from saga.graph import Outcome, StateStatus
from saga.orders.record import Record
from saga.orders.states import as_of, moments, source, statuses
from tests.unit.saga.orders import recorded

SUCCEEDED, CAUGHT, FAILED = StateStatus(Outcome.SUCCEEDED), StateStatus(Outcome.CAUGHT), StateStatus(Outcome.FAILED)
RUNNING = StateStatus(Outcome.RUNNING)


def reached(record: Record, until: int | None = None) -> dict[str, StateStatus]:
    return {name: status for name, status in statuses(record, until).items() if status != StateStatus()}


def told_by_events(record: Record) -> Record:
    """The same order where AWS keeps nothing of its executions."""
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
def test_events_alone_tell_the_same_outcomes(name: str) -> None:
    """Of a state that was given up without an event, they tell nothing."""
    record = recorded.record(name)
    told = reached(told_by_events(record))
    assert source(told_by_events(record)) == "events"
    assert told == {state: StateStatus(status.outcome) for state, status in reached(record).items() if state in told}
    assert reached(record).keys() - told.keys() <= {"RefundPayment"}


def test_the_end_of_a_resumed_order_is_the_last_executions() -> None:
    for record in (recorded.record("resumed"), told_by_events(recorded.record("resumed"))):
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
def test_the_last_moment_shows_how_it_ended_and_no_moment_forgets_a_state_but_an_end(name: str) -> None:
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


def test_of_two_executions_at_the_same_time_each_state_is_shown_as_it_was_visited_last() -> None:
    """A customer cancels while the payment is being retried: a second execution starts beside the first."""
    record = recorded.record("resumed")
    first, second = record.executions
    overlap = first.history[6]["timestamp"] + 1
    early = tuple({**entry, "timestamp": overlap + n} for n, entry in enumerate(second.history))
    beside = replace(second, started=overlap, stopped=overlap + len(early), history=early)
    both = replace(record, executions=(replace(first, stopped=None, history=first.history[:8]), beside))
    assert statuses(both)["ProcessPayment"] == CAUGHT
    assert statuses(both)["OrderFailed"] == FAILED


def test_a_payment_under_way_is_running_and_without_an_answer_it_was_caught() -> None:
    record = told_by_events(recorded.record("resumed"))
    intended, cancelled = (
        next(e.at for e in record.events if e.type == name) for name in ("PaymentIntentRecorded", "OrderCancelling")
    )
    assert reached(record, intended)["ProcessPayment"] == RUNNING
    assert reached(record, cancelled)["ProcessPayment"] == CAUGHT


def test_what_the_api_recovery_or_an_operator_did_is_no_states_doing() -> None:
    record = told_by_events(recorded.record("confirmed"))
    placed = record.events[0]
    cancelled = recorded.event(
        "OrderCancelling", placed.at + 1, {"reason": "CustomerCancelled", "cause": ""}, starts_saga=True
    )
    parked = recorded.event(
        "OrderParked#1", placed.at + 2, {"notUndone": [], "undone": [], "failures": {"recovery": "x"}}
    )
    assert reached(replace(record, events=(placed, cancelled, parked))) == {}


def test_what_an_order_was_at_a_time_leaves_its_rows_as_they_are() -> None:
    record = recorded.record("resumed")
    seen = as_of(record, record.executions[0].started)
    assert [execution.status for execution in seen.executions] == ["RUNNING"]
    assert (seen.order, len(seen.events)) == (record.order, 1)
