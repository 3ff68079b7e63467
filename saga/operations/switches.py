"""What can be switched off in a stack, without an error anywhere: then orders or events stand still."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from saga.stack.stack import Stack

# Kinds, in the order of `saga status`. A consumer of a stream or a queue is a kind of its own, by its function.
SCHEDULES, RULES, FUNCTIONS, MACHINES = "sweepers", "rules", "functions", "saga"

_MISSING = "missing"  # somebody deleted it behind the stack's back


@dataclass(frozen=True)
class Switch:
    """A resource by its logical ID: whether it is on, its state, and the command that switches it on."""

    kind: str
    name: str
    on: bool
    state: str
    fix: str


def switches(stack: Stack) -> list[Switch]:
    """Return everything that the stack has of this sort. Not its queues and tables, which are always on."""
    buses = [bus for _, bus in stack.resources("AWS::Events::EventBus")]
    return [
        *(_machine(stack, *each) for each in stack.resources("AWS::StepFunctions::StateMachine")),
        *(_consumer(stack, *each) for each in stack.resources("AWS::Lambda::EventSourceMapping")),
        *(_rule(stack, *each, buses) for each in stack.resources("AWS::Events::Rule")),
        *(_function(stack, *each) for each in stack.resources("AWS::Lambda::Function")),
    ]


def by_kind(found: Iterable[Switch]) -> dict[str, list[Switch]]:
    """Return them by kind."""
    kinds: dict[str, list[Switch]] = {}
    for each in found:
        kinds.setdefault(each.kind, []).append(each)
    return kinds


def _machine(stack: Stack, name: str, arn: str) -> Switch:
    state = stack.session.client("stepfunctions").describe_state_machine(stateMachineArn=arn)["status"]
    return Switch(MACHINES, name, state == "ACTIVE", state, "make up" if stack.on_engine else "make deploy")


def _consumer(stack: Stack, name: str, uuid: str) -> Switch:
    """Return the mapping of a stream or a queue to a function; a batch that keeps failing is as bad as a switch."""
    client: Any = stack.session.client("lambda")
    mapping = {"State": _MISSING}
    with suppress(client.exceptions.ResourceNotFoundException):
        mapping = client.get_event_source_mapping(UUID=uuid)
    state, result = mapping["State"], mapping.get("LastProcessingResult", "")
    on, problem = state == "Enabled", result.startswith("PROBLEM")
    words = f"{state}, {result}" if problem else state
    fix = "saga logs" if on else _aws(stack, f"lambda update-event-source-mapping --uuid {uuid} --enabled")
    return Switch(name.partition("Function")[0], name, on and not problem, words, fix)


def _rule(stack: Stack, name: str, physical: str, buses: list[str]) -> Switch:
    events: Any = stack.session.client("events")
    bus, _, rule = physical.rpartition("|")
    described = {"State": _MISSING}
    for each in [bus] if bus else [*buses, "default"]:  # the engine leaves the bus out of the ID
        with suppress(events.exceptions.ResourceNotFoundException):
            described, bus = events.describe_rule(Name=rule, EventBusName=each), each
    kind = SCHEDULES if "ScheduleExpression" in described else RULES
    fix = _aws(stack, f"events enable-rule --name {rule} --event-bus-name {bus}")
    return Switch(kind, name, described["State"] == "ENABLED", described["State"], fix)


def _function(stack: Stack, name: str, function: str) -> Switch:
    client = stack.session.client("lambda")
    on = client.get_function_concurrency(FunctionName=function).get("ReservedConcurrentExecutions") != 0
    fix = _aws(stack, f"lambda delete-function-concurrency --function-name {function}")
    return Switch(FUNCTIONS, name, on, "not throttled to zero" if on else "throttled to zero", fix)


def _aws(stack: Stack, command: str) -> str:
    return f"aws {command} --region {stack.region}" + (f" --endpoint-url {stack.endpoint}" if stack.endpoint else "")
