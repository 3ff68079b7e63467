"""Step Functions: runs the real definition, and can end an execution from outside."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support import asl
from tests.support.template import resources
from verification.simulator.dynamodb.in_memory_dynamodb import Refused
from verification.simulator.names.definitions import definition, tasks
from verification.simulator.world.aws_sdk import send
from verification.simulator.world.scheduler import Actor, Result

if TYPE_CHECKING:
    from verification.simulator.world.simulation import Simulation

BROKEN = ("FAILED", "ABORTED", "TIMED_OUT")
NAME_NOT_TAKEN = "StartExecution: the name is not taken"
MACHINE = "Saga"  # what the names of state machines end with
NAME = re.compile(r"[\w-]{1,80}")


@dataclass(eq=False)
class Execution:
    """An execution of the saga."""

    name: str
    order_id: str
    actor: Actor
    saga: str
    status: str = "RUNNING"
    error: str = ""
    cause: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)  # of its tasks: function, error
    final_errors: dict[str, str] = field(default_factory=dict)  # by task: the error that its retries ended with
    retry_delay: int = 0  # milliseconds before the failed task runs again


class StepFunctions:
    """STANDARD accepts a name once and reports how executions end; EXPRESS does neither."""

    def __init__(self, sim: "Simulation") -> None:
        self.executions: list[Execution] = []
        self.unreported: list[Execution] = []  # ended, and recovery has no event about that yet
        self._sim = sim
        self._express = sim.plan.express

    def start(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer StartExecution."""
        name, order_id = request["name"], json.loads(request["input"])["orderId"]
        if not NAME.fullmatch(name):
            raise Refused("InvalidName")
        known = [each for each in self.executions if each.name == name and not self._express]
        if known and known[0].status != "RUNNING":
            self._sim.coverage.count("guard", NAME_NOT_TAKEN)
            raise Refused("ExecutionAlreadyExists")
        if not known:
            self.execute(name, order_id, request["stateMachineArn"])
            if order_id in self._sim.sagas and self.executions[-1].saga != self._sim.sagas[order_id].name:
                self._sim.violations.append(f"{name} runs in the state machine {request['stateMachineArn']}")
        return {"executionArn": name}

    def running(self) -> Iterator[Actor]:
        """Yield the executions that run."""
        yield from (each.actor for each in self.executions if not each.actor.ended)

    def broken(self) -> list[Execution]:
        """Return the executions that failed, timed out or were aborted."""
        return [each for each in self.executions if each.status in BROKEN]

    def execute(self, name: str, order_id: str, saga: str = "") -> None:
        """Start an execution, even if the name is taken."""
        number, machine = f"E{len(self.executions) + 1}", saga or self._sim.saga_of(order_id).name
        function = f"{machine.capitalize()}{MACHINE}"
        actor = Actor(
            number, function, lambda: self._run(execution), lambda result: self._ended(execution, result), order_id
        )
        execution = Execution(name, order_id, actor, machine)
        self.executions.append(execution)
        self._sim.scheduler.spawn(actor)

    def end(self, execution: Execution, status: str) -> None:
        """End an execution from outside: no Catch runs, and its invocation continues."""
        for actor in self._sim.scheduler.actors:
            if actor.caller is execution.actor:
                actor.caller = None
        self._sim.scheduler.kill(execution.actor, status)

    def time_out(self, invocation: Actor) -> None:
        """Time out the task of an invocation. The invocation is suspended, and may continue later."""
        execution, invocation.caller, invocation.suspended = invocation.caller, None, True
        self._sim.clock.advance(tasks()[invocation.function]["TimeoutSeconds"] * 1000)
        if execution:
            self._sim.scheduler.deliver(execution, Result(error="States.Timeout", cause="the task timed out"))

    def _run(self, execution: Execution) -> asl.Outcome:
        def invoke(logical_id: str, payload: Any) -> Any:
            return self._task(execution, logical_id.removesuffix("Function"), payload)

        return asl.run(definition(execution.saga), {"orderId": execution.order_id}, invoke)

    def _task(self, execution: Execution, function: str, payload: Any) -> Any:
        if execution.errors and execution.errors[-1][0] == function:
            self._sim.clock.advance(execution.retry_delay)
        try:
            send(self._sim, "lambda", "Invoke", {"FunctionName": function})
            self._invoke(execution, function, payload)
            value = _value(self._sim.scheduler.wait())
        except asl.TaskFailed as failed:
            self._failed(execution, function, failed.error)
            raise
        execution.final_errors.pop(function, None)
        return value

    def _invoke(self, execution: Execution, function: str, payload: Any) -> None:
        def on_end(result: Result) -> None:
            if actor.caller:
                self._sim.scheduler.deliver(actor.caller, result)

        name = f"{execution.actor.name} {function}"
        actor = self._sim.invoke(name, function, payload, on_end, execution.order_id)
        actor.caller = execution.actor

    def _failed(self, execution: Execution, function: str, error: str) -> None:
        execution.errors.append((function, error))
        execution.final_errors[function] = error
        rules = tasks()[function]["Retry"]
        number = _matching_rule(rules, error)
        execution.retry_delay = _retry_delay(rules[number], execution.errors.count((function, error)))
        self._sim.coverage.count("rule", f"{function} Retry {number}")

    def _ended(self, execution: Execution, result: Result) -> None:
        outcome: asl.Outcome | None = result.value
        execution.status = outcome.status if outcome else result.error
        execution.cause = outcome.cause if outcome else ""
        if execution.status not in ("SUCCEEDED", *BROKEN):
            self._sim.violations.append(f"an execution ended with {result.error}: {result.cause}")
        execution.error = outcome.error if outcome else ""
        self._sim.trace.add(execution.actor, f"ends {execution.status}")
        for state, error in execution.final_errors.items() if outcome else ():
            self._sim.coverage.count("rule", f"{state} Catch {_matching_rule(tasks()[state]['Catch'], error)}")
        if not self._express and _is_reported(execution):
            self.unreported.append(execution)


def _value(result: Result) -> Any:
    if result.error:
        raise asl.TaskFailed(result.error, result.cause)
    return result.value


def _is_reported(execution: Execution) -> bool:
    """Return whether the template's rule sends the end of this execution to recovery."""
    events = resources("AWS::Serverless::Function")["RecoverOrderFunction"]["Properties"]["Events"]
    for rule in events["ExecutionBroke"]["Properties"]["Pattern"]["detail"]["$or"]:
        refusals = [name for each in rule.get("error", ()) for name in each.get("anything-but", ())]
        if execution.status in rule["status"] and execution.error not in refusals:
            return True
    return False


def _matching_rule(rules: list[Any], error: str) -> int:
    """Return the number of the Retry or Catch rule that handles an error."""
    return next(n for n, each in enumerate(rules) if {error, "States.ALL"} & set(each["ErrorEquals"]))


def _retry_delay(rule: Any, attempt: int) -> int:
    """Return a rule's delay in milliseconds: with jitter, half of the longest."""
    if not rule["MaxAttempts"]:
        return 0
    grown = rule["IntervalSeconds"] * rule["BackoffRate"] ** (attempt - 1)
    seconds = min(grown, rule.get("MaxDelaySeconds", grown))
    return int(seconds * (500 if "JitterStrategy" in rule else 1000))
