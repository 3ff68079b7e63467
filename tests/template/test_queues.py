"""The queues of transactions and their workers: the route of a message, and how a queue keeps what fails."""

import json
from itertools import chain
from typing import Any

import pytest

from sagakit import errors
from sagakit.errors import AlreadyConfirmed, BusinessError, NotCancelling, UnknownSaga
from sagakit.queues.route import END, Stop, route
from sagakit.queues.worker import DELAYS, ENOUGH
from sagakit.saga import Saga
from statemachine.states import definition
from tests.support.lambdas import worker_states
from tests.support.template import queues, resources, template
from tests.template.graph import IN_QUEUES, function
from tests.template.transformed import transformed

QUEUES = {name: each["Properties"] for name, each in resources("AWS::SQS::Queue").items()}
DEAD_LETTERS = "TransactionDeadLetterQueue"
ROUTES = [(saga, state, stop) for saga in IN_QUEUES for state, stop in route(saga.name).items()]
STATES = [each for each in ROUTES if each[1] != each[0].name_for("Start{}")]  # the start only passes a message on
BUSINESS = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, BusinessError)]
each_state = pytest.mark.parametrize(("saga", "state", "stop"), STATES, ids=[state for _, state, _ in STATES])
each_queue = pytest.mark.parametrize("queue", queues().values())


def worker(queue: str) -> dict[str, Any]:
    """Return the properties of the only function that reads a queue."""
    found = [
        name
        for name, each in resources("AWS::Serverless::Function").items()
        for event in each["Properties"].get("Events", {}).values()
        if event["Properties"].get("Queue") == {"Fn::GetAtt": [queue, "Arn"]}
    ]
    (name,) = found
    return function(name.removesuffix("Function"))


def caught(state: dict[str, Any], error: str) -> str:
    """Return the state that follows an error in a state machine."""
    return next(str(rule["Next"]) for rule in state["Catch"] if {error, "States.ALL"} & {*rule["ErrorEquals"]})


def on_route(saga: Saga, following: str) -> str | None:
    """Return what a state of a state machine is on the route: a pause is none, and an end, or no state, no message."""
    if following == saga.name_for("Pause{}"):
        return None
    return following if following in route(saga.name) else END


# --- The route -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("saga", IN_QUEUES, ids=lambda saga: str(saga.name))
def test_the_route_has_the_states_of_the_state_machine_that_the_same_table_would_have(saga: Saga) -> None:
    machine = definition(saga)
    start, *states = route(saga.name)
    tasks = {name for name, state in machine["States"].items() if state["Type"] == "Task"}
    assert {*states, saga.name_for("Pause{}")} == tasks  # a worker pauses a saga itself
    assert route(saga.name)[start] == Stop(saga.name, machine["StartAt"], runs=False)


@each_state
def test_after_success_the_same_state_follows_as_in_a_state_machine(saga: Saga, state: str, stop: Stop) -> None:
    assert stop.following == on_route(saga, definition(saga)["States"][state].get("Next", END))


@each_state
def test_after_an_error_the_same_state_follows_as_in_a_state_machine(saga: Saga, state: str, stop: Stop) -> None:
    machine = definition(saga)["States"][state]
    names = {error.__name__ for error in chain(BUSINESS, saga.refusals, *(each.final for each in saga.compensations))}
    for error in {*names, "TransientError", "KeyError"}:
        following = on_route(saga, caught(machine, error))
        if (state, error) == (saga.name_for("Fail{}"), NotCancelling.__name__):
            following = END  # a pause would change nothing: the saga has ended
        if (state, error) == (saga.name_for("Cancel{}"), AlreadyConfirmed.__name__):
            assert following == saga.name_for("Confirm{}")  # where an execution ends with the status CONFIRMED
            following = END  # a message would only find the event on record
        assert stop.caught.get(error, stop.otherwise) == following, error


@each_state
def test_the_same_errors_are_never_tried_again_as_in_a_state_machine(saga: Saga, state: str, stop: Stop) -> None:
    never = definition(saga)["States"][state]["Retry"][0]
    assert never["MaxAttempts"] == 0
    assert {*stop.caught, UnknownSaga.__name__} == {*never["ErrorEquals"]}  # which becomes a dead letter


# --- The workers -----------------------------------------------------------------------------------------------------


def test_the_setting_has_every_queue_of_the_routes_and_no_other() -> None:
    assert set(queues()) == {stop.queue for _, _, stop in ROUTES}


@each_queue
def test_a_worker_has_a_handler_for_each_state_of_its_queue_and_for_no_other(queue: str) -> None:
    states = [state for _, state, stop in STATES if queues()[stop.queue] == queue]
    assert sorted(worker_states()[queue]) == sorted(states)
    assert worker(queue)["Handler"] == "sagakit.queues.worker.work"


@each_state
def test_a_worker_runs_the_handler_that_a_state_machine_calls(saga: Saga, state: str, stop: Stop) -> None:
    decisions = {
        saga.name_for(each): f"sagakit.app.{each.removesuffix('{}').lower()}"
        for each in ("Confirm{}", "Cancel{}", "Fail{}")
    }
    expected = decisions.get(state) or function(state)["Handler"]
    assert worker_states()[queues()[stop.queue]][state] == expected


@each_queue
def test_a_batch_reports_what_failed_and_leaves_time_for_each_message(queue: str) -> None:
    properties = worker(queue)
    mapping = properties["Events"]["Queue"]["Properties"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert properties["Timeout"] * 1000 >= mapping["BatchSize"] * ENOUGH


# --- The queues ------------------------------------------------------------------------------------------------------


def test_the_queues_of_work_and_their_dead_letters_keep_the_order_of_a_transaction() -> None:
    in_order = {name for name, each in QUEUES.items() if each.get("FifoQueue") is True}
    assert in_order == {*queues().values(), DEAD_LETTERS}
    assert all(QUEUES[name]["QueueName"]["Fn::Sub"].endswith(".fifo") for name in in_order)


@each_queue
def test_a_message_is_invisible_for_six_timeouts_of_the_worker_as_aws_recommends(queue: str) -> None:
    assert QUEUES[queue]["VisibilityTimeout"] >= 6 * worker(queue)["Timeout"]


@each_queue
def test_a_message_becomes_a_dead_letter_only_after_the_worker_had_every_attempt_and_could_not_pause(
    queue: str,
) -> None:
    policy = QUEUES[queue]["RedrivePolicy"]
    attempts = 1 + len(DELAYS)
    assert policy["deadLetterTargetArn"] == {"Fn::GetAtt": [DEAD_LETTERS, "Arn"]}
    assert attempts < policy["maxReceiveCount"] <= 2 * attempts


# --- A stack without them --------------------------------------------------------------------------------------------

OF_QUEUES = ("Queue", "Worker", "Transaction")
KEPT = {"RelayFailureQueue", "ParkedOrdersQueue", "ParkedOrdersQueuePolicy"}


def about_queues(*, queues: bool) -> set[str]:
    """Return the logical ids of all that belongs to transactions, in a stack with or without queues."""
    return {name for name in transformed(queues=queues) if any(part in name for part in OF_QUEUES)} - KEPT


def paths(*, queues: bool) -> set[str]:
    """Return the API's paths of transactions."""
    found = transformed(queues=queues)["OrderApi"]["Properties"]["Body"]["paths"]
    return {path for path in found if path.startswith("/transactions")}


def test_with_queues_the_stack_has_everything() -> None:
    kinds = {transformed()[name]["Type"] for name in about_queues(queues=True)}
    assert {*queues().values(), DEAD_LETTERS, "FailedTransactionsAlarm"} <= about_queues(queues=True)
    assert {f"{name.removesuffix('Queue')}WorkerFunction" for name in queues().values()} <= about_queues(queues=True)
    assert {"AWS::SQS::Queue", "AWS::Lambda::Function", "AWS::CloudWatch::Alarm", "AWS::Logs::LogGroup"} <= kinds
    assert paths(queues=True) == {
        f"/transactions{rest}" for rest in ("", "/{transaction_id}", "/{transaction_id}/cancel")
    }


def test_without_queues_nothing_of_them_remains() -> None:
    assert about_queues(queues=False) == set()
    assert paths(queues=False) == set()
    rest = json.dumps(transformed(queues=False))
    assert not [name for name in about_queues(queues=True) if f'"{name}"' in rest or f"${{{name}" in rest]


def test_without_queues_the_functions_have_a_setting_without_any() -> None:
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]["QUEUES"]
    assert shared["Fn::If"][::2] == ["HasQueues", "{}"]
    assert template()["Conditions"]["HasQueues"] == {"Fn::Equals": [{"Ref": "TransactionQueues"}, "true"]}
    outputs = template()["Outputs"]
    conditional = {name for name, each in outputs.items() if each.get("Condition") == "HasQueues"}
    assert conditional == {
        name for name, each in outputs.items() if each["Value"].get("Ref") in about_queues(queues=True)
    }
