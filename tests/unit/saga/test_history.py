"""The path that an execution took through the states."""

from typing import Any

from saga.history import Visit, visits, words


def entered(name: str, kind: str = "Task") -> dict[str, Any]:
    return {"type": f"{kind}StateEntered", "stateEnteredEventDetails": {"name": name}}


def exited(name: str) -> dict[str, Any]:
    return {"type": "TaskStateExited", "stateExitedEventDetails": {"name": name}}


def failed(error: str) -> dict[str, Any]:
    return {"type": "TaskFailed", "taskFailedEventDetails": {"error": error, "cause": "{}"}}


SUCCEEDED = {"type": "TaskSucceeded", "taskSucceededEventDetails": {}}


def path(*events: dict[str, Any]) -> list[Visit]:
    return visits(events)  # type: ignore[arg-type]


def test_states_come_in_the_order_in_which_they_were_entered() -> None:
    history = [entered("Reserve"), SUCCEEDED, exited("Reserve"), entered("Done", "Succeed")]
    assert path({"type": "ExecutionStarted"}, *history, {"type": "ExecutionSucceeded"}) == [
        Visit("Reserve"),
        Visit("Done"),
    ]


def test_an_error_after_which_the_path_went_on_was_caught() -> None:
    found = path(entered("Pay"), failed("PaymentDeclined"), exited("Pay"), entered("Cancel"), SUCCEEDED)
    assert found == [Visit("Pay", "PaymentDeclined", caught=True), Visit("Cancel")]


def test_an_attempt_that_a_retry_made_good_leaves_no_error() -> None:
    assert path(entered("Pay"), failed("TransientError"), SUCCEEDED, exited("Pay"), entered("Confirm")) == [
        Visit("Pay"),
        Visit("Confirm"),
    ]


def test_a_fail_state_has_the_error_of_the_execution() -> None:
    end = {"type": "ExecutionFailed", "executionFailedEventDetails": {"error": "PaymentDeclined"}}
    assert path(entered("OrderFailed", "Fail"), end) == [Visit("OrderFailed", "PaymentDeclined")]


def test_a_task_that_took_too_long_has_the_error_of_its_timeout() -> None:
    late = {"type": "TaskTimedOut", "taskTimedOutEventDetails": {"error": "States.Timeout"}}
    assert path(entered("Pay"), late, entered("Cancel"))[0] == Visit("Pay", "States.Timeout", caught=True)


def test_an_execution_that_was_aborted_without_a_reason_is_named_by_its_event() -> None:
    assert path(entered("Pay"), {"type": "ExecutionAborted"}) == [Visit("Pay", "ExecutionAborted")]


def test_words_tell_how_a_state_ended_without_colour() -> None:
    assert words(Visit("Reserve")) == "✓ Reserve"
    assert words(Visit("Pay", "PaymentDeclined", caught=True)) == "↷ Pay (PaymentDeclined, caught)"
    assert words(Visit("OrderFailed", "PaymentDeclined")) == "✗ OrderFailed (PaymentDeclined)"
