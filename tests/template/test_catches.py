"""Where each task's errors lead: a refusal to the decision to undo, everything else to a pause."""

from typing import Any

import pytest

from sagakit.errors import AlreadyConfirmed, CompensationIncomplete, SagaCancelled, SagaPaused, UnknownSaga
from sagakit.step import Compensation, Forward
from sagas import ORDER
from tests.support.asl import Outcome, run
from tests.support.template import definition, tasks
from tests.template.graph import DECISION, PAUSE, failing, forward, undoing

ERROR = "{% $states.errorOutput %}"
AWS = "https://docs.aws.amazon.com"
SERVICE = f"{AWS}/step-functions/latest/dg/bp-lambda-serviceexception.html"
INVOKING = f"{AWS}/lambda/latest/api/API_Invoke.html"
STATES = f"{AWS}/step-functions/latest/dg/concepts-error-handling.html"
# What may go wrong between Step Functions and a function, by its name there, with the document that says so.
LAMBDA = {
    "Lambda.AWSLambdaException": SERVICE,
    "Lambda.ClientExecutionTimeoutException": SERVICE,
    "Lambda.SdkClientException": SERVICE,
    "Lambda.ServiceException": SERVICE,
    "Lambda.TooManyRequestsException": SERVICE,
    "Lambda.Unknown": SERVICE,  # no memory left or timed out; the local engine also calls a throttle that
    "Lambda.EC2ThrottledException": INVOKING,
    "Lambda.EC2UnexpectedException": INVOKING,
    "Lambda.ENILimitReachedException": INVOKING,
    "Lambda.ENINotReadyException": INVOKING,
    "Lambda.KMSAccessDeniedException": INVOKING,
    "Lambda.ResourceConflictException": INVOKING,
    "Lambda.ResourceNotReadyException": INVOKING,
    "Lambda.SnapStartNotReadyException": INVOKING,
    "Lambda.SnapStartTimeoutException": INVOKING,
    "Runtime.ExitError": f"{AWS}/lambda/latest/dg/troubleshooting-invocation.html",
    "Sandbox.Timedout": f"{AWS}/lambda/latest/dg/troubleshooting-invocation.html",
    "States.Timeout": STATES,
    "States.TaskFailed": STATES,
}
TECHNICAL = ("TransientError", "StillPending", "KeyError", *LAMBDA)
WAITING = [*forward(), DECISION, "FailOrder"]  # the tasks that are paused for their own errors
UNDONE = [*undoing(), "OrderFailed"]


def catches(name: str) -> list[dict[str, Any]]:
    return list(tasks()[name]["Catch"])


def caught(name: str) -> dict[str, str]:
    """Return the state that follows each error."""
    return {error: rule["Next"] for rule in catches(name) for error in rule["ErrorEquals"]}


def executed(**errors: str) -> Outcome:
    return run(definition(), {"orderId": "order-1"}, failing(**errors)[0])


def paused(**errors: str) -> Any:
    """Run an execution that must end as paused; return what the pause was told."""
    call, payloads = failing(**errors)
    outcome = run(definition(), {"orderId": "order-1"}, call)
    assert outcome.path[-2:] == [PAUSE, "OrderPaused"]
    assert (outcome.status, outcome.output) == ("SUCCEEDED", {"orderId": "order-1", "status": "PAUSED"})
    return payloads[PAUSE]


@pytest.mark.parametrize("name", tasks())
def test_the_last_catch_of_a_task_is_for_all_errors_and_the_others_are_for_one_each(name: str) -> None:
    *special, last = [rule["ErrorEquals"] for rule in catches(name)]
    assert last == ["States.ALL"]
    assert all(len(errors) == 1 for errors in special)


@pytest.mark.parametrize("step", ORDER.forward, ids=lambda step: str(step.state))
def test_a_refusal_of_a_step_or_a_lost_race_leads_to_the_decision_to_undo_and_nothing_else_does(step: Forward) -> None:
    refused = dict.fromkeys([*(error.__name__ for error in step.refusals), SagaCancelled.__name__], DECISION)
    assert caught(step.state) == {**refused, "States.ALL": PAUSE}


def test_the_pivot_is_only_undone_if_a_cancellation_won_the_race() -> None:
    assert caught("ConfirmOrder") == {SagaCancelled.__name__: DECISION, "States.ALL": PAUSE}


def test_the_pivot_ends_an_execution_with_the_status_of_its_order() -> None:
    outcome = executed()
    assert (outcome.path, outcome.status) == (forward(), "SUCCEEDED")
    assert outcome.output == {"orderId": "order-1", "status": "CONFIRMED"}


@pytest.mark.parametrize("name", forward())
@pytest.mark.parametrize("error", TECHNICAL)
def test_a_technical_error_of_a_step_pauses_the_order_and_undoes_nothing(name: str, error: str) -> None:
    told = paused(**{name: error})
    assert told == {"orderId": "order-1", "state": name, "error": {"Error": error, "Cause": "why"}}


@pytest.mark.parametrize("step", ORDER.forward, ids=lambda step: str(step.state))
def test_a_refused_order_is_undone_completely_and_ends_as_failed(step: Forward) -> None:
    for refusal in step.refusals:
        outcome = executed(**{step.state: refusal.__name__})
        assert outcome.path[outcome.path.index(DECISION) :] == UNDONE
        assert (outcome.status, outcome.error) == ("FAILED", "OutOfLuck")


@pytest.mark.parametrize("name", WAITING)
def test_a_pause_is_told_which_state_waits_and_for_which_error(name: str) -> None:
    last = catches(name)[-1]
    assert (last["Next"], last["Assign"]) == (PAUSE, {"error": ERROR, "waiting": name})


def test_a_pause_is_a_row_update_and_its_own_errors_leave_the_order_to_the_sweeper() -> None:
    assert caught(PAUSE) == {UnknownSaga.__name__: "OrderFailed", "States.ALL": "OrderPaused"}
    paused(ReserveInventory="KeyError", PauseOrder="TransientError")


def test_an_order_that_does_not_exist_fails_visibly_instead_of_being_paused() -> None:
    outcome = executed(ReserveInventory=UnknownSaga.__name__, PauseOrder=UnknownSaga.__name__)
    assert (outcome.status, outcome.error, outcome.cause) == ("FAILED", UnknownSaga.__name__, "Nothing has this id.")


def test_the_decision_to_undo_yields_to_a_confirmation_and_waits_for_anything_else() -> None:
    assert caught(DECISION) == {AlreadyConfirmed.__name__: "ConfirmOrder", "States.ALL": PAUSE}
    outcome = executed(ReserveInventory=SagaCancelled.__name__, CancelOrder=AlreadyConfirmed.__name__)
    assert (outcome.path[-2:], outcome.status) == ([DECISION, "ConfirmOrder"], "SUCCEEDED")
    assert outcome.output == {"orderId": "order-1", "status": "CONFIRMED"}
    told = paused(ReserveInventory=SagaCancelled.__name__, CancelOrder="TransientError")
    assert (told["state"], told["error"]["Error"]) == (DECISION, "TransientError")


@pytest.mark.parametrize("compensation", ORDER.compensations, ids=lambda each: str(each.state))
def test_after_a_compensation_that_failed_the_next_one_runs_and_the_error_is_noted(compensation: Compensation) -> None:
    state = compensation.state
    assert caught(state) == {"States.ALL": tasks()[state]["Next"]}
    call, payloads = failing(ReserveInventory="InsufficientStock", **{state: "TransientError"})
    assert run(definition(), {"orderId": "order-1"}, call).path[2:] == UNDONE[1:]
    assert payloads["FailOrder"]["failures"] == {state: {"Error": "TransientError", "Cause": "why"}}


def test_an_order_that_cannot_be_undone_yet_ends_its_execution_as_paused() -> None:
    outcome = executed(ReserveInventory="InsufficientStock", FailOrder=SagaPaused.__name__)
    assert (outcome.path[-2:], outcome.status) == (["FailOrder", "OrderPaused"], "SUCCEEDED")


def test_a_parked_order_fails_its_execution_visibly() -> None:
    incomplete = CompensationIncomplete.__name__
    outcome = executed(ReserveInventory="InsufficientStock", FailOrder=incomplete)
    assert (outcome.path[-2:], outcome.status, outcome.error) == (["FailOrder", incomplete], "FAILED", incomplete)
    assert outcome.cause == "It could not be undone, and is parked for an operator."


def test_only_parking_and_not_waiting_ends_the_last_task_for_good() -> None:
    incomplete = CompensationIncomplete.__name__
    assert caught("FailOrder") == {SagaPaused.__name__: "OrderPaused", incomplete: incomplete, "States.ALL": PAUSE}
