"""Step Functions: the real definition, and what can happen to an execution that is none of its doing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support import asl
from tests.support.template import definition, resources, tasks
from verification.simulator.actors import Actor, Ended
from verification.simulator.database import Refused
from verification.simulator.transport import send

if TYPE_CHECKING:
    from verification.simulator.expressions import Item
    from verification.simulator.run import Run

BROKEN = ("FAILED", "ABORTED", "TIMED_OUT")


@dataclass(eq=False)
class Execution:
    """An execution of the saga."""

    name: str
    order_id: str
    actor: Actor
    status: str = "RUNNING"
    error: str = ""
    cause: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)  # of its tasks: function, error
    last: dict[str, str] = field(default_factory=dict)  # of these the one in which a task ended
    pause: int = 0  # milliseconds until the last of them is tried again


class StepFunctions:
    """Takes a name once when it is STANDARD, as often as it comes when EXPRESS; only STANDARD tells how they end."""

    def __init__(self, run: Run) -> None:
        self.executions: list[Execution] = []
        self.untold: list[Execution] = []  # ends that recovery has not heard of yet
        self._run = run
        self._express = run.plan.express

    def start(self, request: Item) -> Item:
        """Answer StartExecution."""
        name, order_id = request["name"], json.loads(request["input"])["orderId"]
        known = [each for each in self.executions if each.name == name and not self._express]
        if known and known[0].status != "RUNNING":
            self._run.tally.hit("fence", "StartExecution: the name is not taken")
            raise Refused("ExecutionAlreadyExists")
        if not known:
            self.execute(name, order_id)
        return {"executionArn": name}

    def execute(self, name: str, order_id: str) -> None:
        """Start an execution, whether or not there is one of this name."""
        title = f"E{len(self.executions) + 1}"
        actor = Actor(
            title, "OrderSaga", lambda: self._play(execution), lambda end: self._over(execution, end), order_id
        )
        execution = Execution(name, order_id, actor)
        self.executions.append(execution)
        self._run.stage.enter(actor)

    def end(self, execution: Execution, status: str) -> None:
        """End an execution from outside: no Catch runs, and its invocation lives on."""
        for actor in self._run.stage.actors:
            if actor.caller is execution.actor:
                actor.caller = None
        self._run.stage.kill(execution.actor, status)

    def time_out(self, invocation: Actor) -> None:
        """Let the task of an invocation time out; the invocation lives on, asleep."""
        execution, invocation.caller, invocation.asleep = invocation.caller, None, True
        self._run.clock.pass_by(tasks()[invocation.function]["TimeoutSeconds"] * 1000)
        if execution:
            self._run.stage.answer(execution, Ended(error="States.Timeout", cause="the task timed out"))

    def _play(self, execution: Execution) -> asl.Outcome:
        def invoke(logical_id: str, payload: Any) -> Any:
            return self._invoke(execution, logical_id.removesuffix("Function"), payload)

        return asl.run(definition(), {"orderId": execution.order_id}, invoke)

    def _invoke(self, execution: Execution, function: str, payload: Any) -> Any:
        if execution.errors and execution.errors[-1][0] == function:
            self._run.clock.pass_by(execution.pause)
        try:
            send(self._run, "lambda", "Invoke", {"FunctionName": function})
            self._call(execution, function, payload)
            ended = self._run.stage.wait()
            _told(ended)
        except asl.TaskFailed as failed:
            self._failed(execution, function, failed.error)
            raise
        execution.last.pop(function, None)
        return ended.value

    def _call(self, execution: Execution, function: str, payload: Any) -> None:
        def answered(ended: Ended) -> None:
            if actor.caller:
                self._run.stage.answer(actor.caller, ended)

        actor = self._run.act(f"{execution.actor.name} {function}", function, payload, answered, execution.order_id)
        actor.caller = execution.actor

    def _failed(self, execution: Execution, function: str, error: str) -> None:
        execution.errors.append((function, error))
        execution.last[function] = error
        rules = tasks()[function]["Retry"]
        number = _rule(rules, error)
        execution.pause = _pause(rules[number], execution.errors.count((function, error)))
        self._run.tally.hit("rule", f"{function} Retry {number}")

    def _over(self, execution: Execution, ended: Ended) -> None:
        outcome: asl.Outcome | None = ended.value
        execution.status = outcome.status if outcome else ended.error
        execution.cause = outcome.cause if outcome else ""
        if execution.status not in ("SUCCEEDED", *BROKEN):
            raise AssertionError(f"an execution ended {ended}")
        execution.error = outcome.error if outcome else ""
        self._run.story.tell(self._run.story.who(execution.actor), f"ends {execution.status}")
        if outcome:
            self._count(execution.last)
        if not self._express and _is_told(execution):
            self.untold.append(execution)

    def _count(self, caught: dict[str, str]) -> None:
        """Count the catchers that were taken, by the error in which each task ended."""
        for state, error in caught.items():
            self._run.tally.hit("rule", f"{state} Catch {_rule(tasks()[state]['Catch'], error)}")


def _is_told(execution: Execution) -> bool:
    """Tell whether the template's rule sends the end of this execution to recovery."""
    events = resources("AWS::Serverless::Function")["RecoverOrderFunction"]["Properties"]["Events"]
    for rule in events["ExecutionBroke"]["Properties"]["Pattern"]["detail"]["$or"]:
        (refusals,) = rule.get("error", [{"anything-but": []}])
        if execution.status in rule["status"] and execution.error not in refusals["anything-but"]:
            return True
    return False


def _rule(rules: list[Any], error: str) -> int:
    """Find the Retry or Catch that an error is for."""
    return next(n for n, each in enumerate(rules) if {error, "States.ALL"} & set(each["ErrorEquals"]))


def _pause(rule: Any, attempt: int) -> int:
    """Say how long a Retry waits, in milliseconds: with jitter, half of the longest."""
    if not rule["MaxAttempts"]:
        return 0
    grown = rule["IntervalSeconds"] * rule["BackoffRate"] ** (attempt - 1)
    seconds = min(grown, rule.get("MaxDelaySeconds", grown))
    return int(seconds * (500 if "JitterStrategy" in rule else 1000))


def _told(ended: Ended) -> None:
    """Fail the task where its function failed."""
    if ended.error:
        raise asl.TaskFailed(ended.error, ended.cause)
