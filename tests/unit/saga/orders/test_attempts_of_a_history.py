"""The attempts in an execution's history."""

from typing import Any

import pytest

from saga.graph import Outcome
from saga.orders.attempts import Attempt, attempts, message, of_execution, visits
from saga.orders.model import Execution
from tests.unit.saga.orders import recorded


def entered(name: str, kind: str = "Task") -> dict[str, Any]:
    return {"type": f"{kind}StateEntered", "stateEnteredEventDetails": {"name": name, "input": '{"orderId": "o-1"}'}}


def exited(name: str, output: str = "{}") -> dict[str, Any]:
    return {"type": "TaskStateExited", "stateExitedEventDetails": {"name": name, "output": output}}


def failed(error: str, kind: str = "TaskFailed", cause: str = "{}") -> dict[str, Any]:
    details = f"{kind[0].lower()}{kind[1:]}EventDetails"
    return {"type": kind, details: {"error": error, "cause": cause}}


SCHEDULED = {"type": "TaskScheduled", "taskScheduledEventDetails": {"resource": "invoke"}}
STARTED = {"type": "TaskStarted", "taskStartedEventDetails": {"resource": "invoke"}}
SUCCEEDED = {"type": "TaskSucceeded", "taskSucceededEventDetails": {"output": '{"Payload": 1}'}}


def tries(*entries: dict[str, Any]) -> list[Attempt]:
    """Read a history with a second between its entries."""
    history = tuple({**entry, "id": at, "timestamp": at * 1000} for at, entry in enumerate(entries))
    return of_execution(Execution("e-1", "RUNNING", 0, None, None, None, None, None, history))


def summary(*entries: dict[str, Any]) -> list[tuple[str, int, Outcome, str | None]]:
    return [(each.state, each.number, each.outcome, each.error) for each in tries(*entries)]


def test_a_state_that_succeeds_has_one_attempt_from_its_entry_to_its_success() -> None:
    found = tries(
        {"type": "ExecutionStarted"}, entered("Pay"), SCHEDULED, STARTED, SUCCEEDED, exited("Pay", '{"a": 2}')
    )
    assert found == [Attempt("e-1", "Pay", 1, 1000, 4000, Outcome.SUCCEEDED, None, None, {"orderId": "o-1"}, {"a": 2})]


def test_each_retry_is_an_attempt_that_starts_when_it_is_scheduled() -> None:
    found = tries(entered("Pay"), SCHEDULED, failed("Transient"), SCHEDULED, failed("Transient"), SCHEDULED, SUCCEEDED)
    assert [(each.number, each.started, each.ended) for each in found] == [
        (1, 0, 2000),
        (2, 3000, 4000),
        (3, 5000, 6000),
    ]
    assert [each.outcome.value for each in found] == ["failed", "failed", "succeeded"]


def test_an_error_after_which_the_state_exits_is_caught() -> None:
    path = [
        entered("Pay"),
        SCHEDULED,
        failed("PaymentDeclined"),
        exited("Pay"),
        entered("Cancel"),
        SCHEDULED,
        SUCCEEDED,
    ]
    assert summary(*path) == [("Pay", 1, Outcome.CAUGHT, "PaymentDeclined"), ("Cancel", 1, Outcome.SUCCEEDED, None)]


def test_an_uncaught_error_is_the_tasks_and_not_the_executions() -> None:
    end = failed("States.Runtime", "ExecutionFailed")
    assert summary(entered("Pay"), SCHEDULED, failed("Unknown"), end) == [("Pay", 1, Outcome.FAILED, "Unknown")]


def test_a_fail_state_has_the_error_of_the_execution() -> None:
    end = failed("PaymentDeclined", "ExecutionFailed")
    assert summary(entered("OrderFailed", "Fail"), end) == [("OrderFailed", 1, Outcome.FAILED, "PaymentDeclined")]


def test_a_succeed_state_succeeds() -> None:
    path = [entered("Done", "Succeed"), {"type": "SucceedStateExited"}, {"type": "ExecutionSucceeded"}]
    assert summary(*path) == [("Done", 1, Outcome.SUCCEEDED, None)]


@pytest.mark.parametrize("kind", ["TaskTimedOut", "LambdaFunctionTimedOut", "TaskSubmitFailed", "LambdaFunctionFailed"])
def test_every_kind_of_failure_ends_an_attempt(kind: str) -> None:
    assert summary(entered("Pay"), SCHEDULED, failed("States.Timeout", kind), exited("Pay")) == [
        ("Pay", 1, Outcome.CAUGHT, "States.Timeout")
    ]


@pytest.mark.parametrize("kind", ["ExecutionAborted", "ExecutionTimedOut"])
def test_an_attempt_that_runs_when_the_execution_is_stopped_fails_with_it(kind: str) -> None:
    assert summary(entered("Pay"), SCHEDULED, {"type": kind}) == [("Pay", 1, Outcome.FAILED, kind)]


def test_an_attempt_without_an_end_is_running() -> None:
    assert summary(entered("Pay"), SCHEDULED) == [("Pay", 1, Outcome.RUNNING, None)]


def test_a_history_may_begin_in_the_middle() -> None:
    assert summary(SUCCEEDED, exited("Pay"), entered("Confirm")) == [("Confirm", 1, Outcome.RUNNING, None)]


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        ('{"errorMessage": "card_declined", "errorType": "PaymentDeclined"}', "card_declined"),
        ('Incomplete: {"errorMessage": "no refund"}', "Incomplete: no refund"),
        ('{"errorType": "Sandbox.Timedout"}', '{"errorType": "Sandbox.Timedout"}'),
        ('{"errorMessage": "cut', '{"errorMessage": "cut'),
        ("plain words", "plain words"),
        ("", ""),
        (None, None),
    ],
)
def test_the_message_is_extracted_from_the_cause(cause: str | None, text: str | None) -> None:
    assert message(cause) == text


def test_a_truncated_input_stays_text() -> None:
    cut = {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "Pay", "input": '{"orderId": "o-'}}
    assert tries(cut)[0].input == '{"orderId": "o-'


def test_a_resumed_order_has_the_attempts_of_both_executions() -> None:
    record = recorded.record("resumed")
    made = attempts(record)
    assert [each.started for each in made] == sorted(each.started for each in made)
    assert {each.execution for each in made} == {execution.name for execution in record.executions}
    refunds = [visit for visit in visits(record) if visit[0].state == "RefundPayment"]
    assert [[each.number for each in visit] for visit in refunds] == [[1, 2, 3, 4, 5, 6, 7, 8], [1]]
    assert [visit[-1].outcome for visit in refunds] == [Outcome.CAUGHT, Outcome.SUCCEEDED]
