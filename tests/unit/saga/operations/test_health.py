"""The health and status of a stack."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from saga.cli.app import app
from saga.failures import Unreachable
from saga.operations import status
from saga.operations.circuit import Breaker
from saga.operations.overdue import Overdue, overdue
from saga.operations.switches import switches
from saga.stack.stack import Stack
from saga.stack.target import Target
from saga.text import times
from sagakit.relay import outbox
from tests.support import steps, world
from tests.support.template import resources
from tests.unit.saga.operations import shop
from tests.unit.saga.operations.test_parked_orders import park

CLOSED = Breaker("CLOSED", None, 0)
_AS_THEY_ARE = {
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Events::EventBus": "AWS::Events::EventBus",
    "AWS::DynamoDB::Table": "AWS::DynamoDB::Table",
}
_SOURCES = {
    "DynamoDB": "AWS::Lambda::EventSourceMapping",
    "SQS": "AWS::Lambda::EventSourceMapping",
    "Schedule": "AWS::Events::Rule",
    "EventBridgeRule": "AWS::Events::Rule",
}
WORKERS = ("OrderWorker", "PaymentWorker", "InventoryWorker", "CompensationWorker")
_RULES = ("RecoverOrderFunctionExecutionBroke", "ParkedOrdersRule")  # without a schedule


def _resource(logical_id: str, kind: str) -> dict[str, str]:
    return {"LogicalResourceId": logical_id, "PhysicalResourceId": logical_id, "ResourceType": kind}


class Deployed(shop.Functions):
    """A stack's resources as AWS describes them: those that SAM makes of the template, under their logical IDs."""

    class exceptions:  # noqa: N801 - the client's name for it
        ResourceNotFoundException = KeyError

    def __init__(self) -> None:
        super().__init__()
        self.stack, self.machine, self.last = "UPDATE_COMPLETE", "ACTIVE", "OK"
        self.off, self.gone = set[str](), set[str]()
        self.checked = set[str]()
        self.resources = {logical: kind for kind in (*_AS_THEY_ARE, "AWS::Events::Rule") for logical in resources(kind)}
        for name, function in resources("AWS::Serverless::Function").items():
            self.resources[name] = "AWS::Lambda::Function"
            for event, source in function["Properties"].get("Events", {}).items():
                self.resources[f"{name}{event}"] = _SOURCES.get(source["Type"], "AWS::Lambda::Permission")

    def get_paginator(self, operation: str) -> "Deployed":
        assert operation == "list_stack_resources"
        return self

    def paginate(self, **_: str) -> list[Any]:
        return [
            {"StackResourceSummaries": [_resource(name, _AS_THEY_ARE.get(kind, kind))]}
            for name, kind in self.resources.items()
        ]

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": self.stack}]}

    def describe_state_machine(self, **_: str) -> dict[str, Any]:
        return {"status": self.machine}

    def describe_rule(self, Name: str, EventBusName: str) -> dict[str, Any]:  # noqa: N803 - the API's names
        if Name in self.gone or EventBusName != ("OrderEventBus" if Name == "ParkedOrdersRule" else "default"):
            raise KeyError(Name)
        scheduled = {} if Name in _RULES else {"ScheduleExpression": "rate(1 minute)"}
        return {"State": self._state(Name).upper(), **scheduled}

    def get_event_source_mapping(self, UUID: str) -> dict[str, Any]:  # noqa: N803
        return {"State": self._state(UUID), "LastProcessingResult": self.last}

    def get_function_concurrency(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        return {"ReservedConcurrentExecutions": 0} if self._state(FunctionName) == "Disabled" else {}

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: ARG002, N803
        return {"CodeSha256": "abcdefghijklmnop=", "LastModified": "2026-01-01T12:00:00Z"}

    def _state(self, name: str) -> str:
        if name in self.gone:
            raise KeyError(name)
        self.checked.add(name)
        return "Disabled" if name in self.off else "Enabled"


@pytest.fixture
def deployed(world: None) -> Deployed:  # noqa: ARG001
    return Deployed()


@pytest.fixture
def stack(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Stack:
    answers = {"http://api/orders": (404, {}), "http://127.0.0.1:4566": (200, {"version": "1.5.33"})}

    def call(url: str) -> tuple[int, Any]:
        return next(answer for start, answer in answers.items() if url.startswith(start))

    monkeypatch.setattr(status, "call", call)
    services = ("cloudformation", "stepfunctions", "events")
    return shop.stack(deployed, **dict.fromkeys(services, deployed))


def failing(
    stack: Stack,
    *,
    set_aside: int | None = None,
    due: int | None = None,
    gateway: Breaker = CLOSED,
    **dead_letters: int,
) -> list[str]:
    depths = {"RelayFailureQueue": 0, "ParkedOrdersQueue": 9, **dead_letters}
    queues: list[status.Queue] = [{"name": name, "url": "", "depth": depth} for name, depth in depths.items()]
    found = status.health_checks(stack, set_aside, Overdue(due), queues, gateway=gateway)
    return [each["name"] for each in found if not each["well"]]


def test_a_working_stack_passes_all_checks(stack: Stack) -> None:
    assert failing(stack) == []


@pytest.mark.parametrize(
    ("attribute", "value", "names"),
    [
        ("stack", "DELETE_COMPLETE", ["stack"]),
        ("stack", "UPDATE_ROLLBACK_FAILED", ["stack"]),
        ("machine", "DELETING", ["saga"]),
        ("off", {"StartSagasFunctionOutbox"}, ["StartSagas"]),
        ("off", {"PublishEventsFunctionOutbox"}, ["PublishEvents"]),
        ("gone", {"PublishEventsFunctionOutbox"}, ["PublishEvents"]),
        ("last", "PROBLEM: Function call failed", [*WORKERS, "StartSagas", "PublishEvents"]),
        ("off", {"PaymentWorkerFunctionQueue"}, ["PaymentWorker"]),
        ("off", {"SweepOutboxFunctionSchedule"}, ["sweepers"]),
        ("off", {"SweepOrdersFunctionPart0"}, ["sweepers"]),
        ("off", {"ReportBacklogFunctionEveryMinute"}, ["sweepers"]),
        ("off", {"RecoverOrderFunctionExecutionBroke"}, ["rules"]),
        ("off", {"ParkedOrdersRule"}, ["rules"]),
        ("gone", {"ParkedOrdersRule"}, ["rules"]),
        ("off", {"RecoverOrderFunction"}, ["functions"]),
    ],
)
def test_a_check_fails_if_its_resource_is_off(
    stack: Stack, deployed: Deployed, attribute: str, value: object, names: list[str]
) -> None:
    setattr(deployed, attribute, value)
    assert failing(stack) == names


def test_everything_that_can_be_switched_off_is_checked(stack: Stack, deployed: Deployed) -> None:
    kinds = ("AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping", "AWS::Events::Rule")
    assert failing(stack) == []
    assert deployed.checked == {name for name, kind in deployed.resources.items() if kind in kinds}
    assert len(deployed.checked) > 30


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("StartSagasFunctionOutbox", "lambda update-event-source-mapping --uuid {} --enabled"),
        ("ParkedOrdersRule", "events enable-rule --name {} --event-bus-name OrderEventBus"),
        ("SweepOrdersFunctionPart0", "events enable-rule --name {} --event-bus-name default"),
        ("SweepOrdersFunction", "lambda delete-function-concurrency --function-name {}"),
    ],
)
def test_a_switch_says_how_to_switch_it_on(stack: Stack, deployed: Deployed, name: str, fix: str) -> None:
    deployed.off = {name}
    (found,) = [each for each in switches(stack) if not each.on]
    where = "--region us-east-1 --endpoint-url http://127.0.0.1:4566"
    assert (found.name, found.fix) == (name, f"aws {fix.format(name)} {where}")


def test_the_outbox_fails_if_an_event_stays_set_aside_when_the_sweeper_has_tried_it_again(stack: Stack) -> None:
    assert failing(stack, set_aside=times.now() - 10_000) == []
    assert failing(stack, set_aside=times.now() - 200_000) == ["outbox"]


def test_the_sweeper_fails_if_an_order_is_due_longer_than_it_takes_to_come(stack: Stack) -> None:
    assert failing(stack, due=times.now() - 10_000) == []
    assert failing(stack, due=times.now() - 200_000) == ["overdue orders"]


@pytest.mark.parametrize("bring", [world.placed, steps.paused])
def test_an_order_that_nobody_starts_or_resumes_is_overdue(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, bring: Callable[[], str]
) -> None:
    bring()
    steps.confirmed()
    assert overdue(stack) == Overdue(None)
    (due,) = [row["dueAt"] for row in world.rows("SAGAS") if "dueAt" in row]
    monkeypatch.setattr("saga.operations.overdue.now", lambda: due + 5 * 60_000)
    late = overdue(stack)
    assert (late, late.ok) == (Overdue(due), False)
    assert late.text == "the first has been due for 5 min; the sweeper starts or resumes it"


def test_dead_letters_and_an_open_circuit_fail(stack: Stack) -> None:
    assert failing(stack, RelayFailureQueue=1, gateway=Breaker("OPEN", 1, 10)) == ["dead letters", "payment gateway"]
    assert failing(stack, TransactionDeadLetterQueue=0) == []
    assert failing(stack, TransactionDeadLetterQueue=1) == ["dead letters"]


@pytest.mark.parametrize(("answered", "expected"), [(404, []), (403, []), (500, ["api"]), (503, ["api"])])
def test_only_a_server_error_of_the_api_fails(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, answered: int, expected: list[str]
) -> None:
    monkeypatch.setattr(status, "call", lambda _url: (answered, {}))
    assert failing(stack) == expected


def test_an_api_that_does_not_answer_fails(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_url: str) -> None:
        raise Unreachable("no answer")

    monkeypatch.setattr(status, "call", unreachable)
    assert failing(stack) == ["api"]


def test_the_status_counts_what_is_waiting(stack: Stack) -> None:
    park()
    shop.send(stack, "ParkedOrdersQueueUrl", {})
    found = status.read_status(stack, CLOSED)
    assert (found["stack"], found["parked"], found["well"]) == ("shop", 1, True)
    assert {each["name"]: each["depth"] for each in found["queues"]} == {"RelayFailureQueue": 0, "ParkedOrdersQueue": 1}
    assert found["versions"]["engine"] == "ministack 1.5.33"
    assert found["versions"]["functions"].startswith("abcdefghijkl, ")
    assert found["tables"]["OrdersTable"] == "test-sagas"
    assert (found["oldestSetAsideAt"], found["oldestOverdueAt"]) == (None, None)
    assert found["paused"] == []
    assert found["breaker"]["state"] == "CLOSED"


def test_the_status_has_since_when_an_event_is_set_aside_and_an_order_overdue(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    order_id = world.placed()
    outbox.set_aside({"orderId": order_id, "eventType": "OrderPlaced"})
    (row,) = world.rows("SAGAS")
    world.put("SAGAS", {**row, "dueAt": 1})
    shown, document = (CliRunner().invoke(app, ["status", *flags]) for flags in ([], ["--json"]))
    found = json.loads(document.stdout)
    assert found["oldestSetAsideAt"] == times.iso(world.event_row(order_id)["at"])
    assert found["oldestOverdueAt"] == times.iso(1)
    assert shown.exit_code == 1
    assert re.search("outbox +an event of .* ago is set aside; the sweeper tries it again", shown.stdout)
    assert re.search("✗ overdue orders +the first has been due for ", shown.stdout)


def test_paused_orders_are_counted_by_what_they_wait_for_and_are_no_alarm(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    orders = [steps.paused(), steps.paused(), steps.paused(steps.cancelling, "RefundPayment")]
    since = {row["orderId"]: times.iso(row["paused"]["since"]) for row in world.rows("SAGAS")}
    shown, document = (CliRunner().invoke(app, ["status", *flags]) for flags in ([], ["--json"]))
    assert (shown.exit_code, json.loads(document.stdout)["paused"]) == (
        0,
        [
            {"state": "ProcessPayment", "reason": "TransientError", "orders": 2, "since": since[orders[0]]},
            {"state": "RefundPayment", "reason": "TransientError", "orders": 1, "since": since[orders[2]]},
        ],
    )
    assert "2: ProcessPayment waits (TransientError) since " in shown.stdout


@pytest.mark.parametrize(("off", "code"), [(set(), 0), ({"SweepOrdersFunctionPart0"}, 1)])
def test_the_exit_code_is_1_if_a_check_fails(
    stack: Stack, deployed: Deployed, monkeypatch: pytest.MonkeyPatch, off: set[str], code: int
) -> None:
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    deployed.off = off
    table, document = (CliRunner().invoke(app, ["status", *flags]) for flags in ([], ["--json"]))
    assert (table.exit_code, document.exit_code, json.loads(document.stdout)["well"]) == (code, code, code == 0)
    assert "http://api" in table.stdout
    assert f"{'✗' if code else '✓'} sweepers" in table.stdout
