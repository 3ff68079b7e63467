"""An in-process interpreter of the state machine: the definition's Retry, Catch, Assign and Next, without the waits.

It supports the part of Amazon States Language with JSONata that the saga uses: Task, Succeed and Fail. It rejects
anything else, so a definition that outgrows it fails loudly. The e2e tests compare its paths with those of the engine.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jsonata import Jsonata  # type: ignore[import-untyped]

type Json = Any
type Invoke = Callable[[str, Json], Json]


class TaskFailed(Exception):
    """A task failed with an error of this name."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


@dataclass
class Outcome:
    """The end of an execution: its status, the states it entered, its calls, and the sum of its delays in seconds."""

    status: str = "RUNNING"
    path: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    longest_delay: float = 0
    output: Json = None
    error: str = ""
    cause: str = ""


def run(definition: Json, execution_input: Json, invoke: Invoke) -> Outcome:
    """Execute the definition; `invoke(function, payload)` calls a function by its logical id."""
    outcome = Outcome()
    context = {"Execution": {"Input": execution_input}}
    variables: dict[str, Json] = {}
    name, data = definition["StartAt"], execution_input
    while outcome.status == "RUNNING":
        outcome.path.append(name)
        state = definition["States"][name]
        scope = {"context": context, "input": data}
        match state["Type"]:
            case "Task":
                name, data = _task(state, scope, variables, invoke, outcome)
            case "Succeed":
                outcome.status, outcome.output = "SUCCEEDED", _evaluate(state.get("Output"), scope, variables)
            case "Fail":
                outcome.status = "FAILED"
                outcome.error = _evaluate(state["Error"], scope, variables)
                outcome.cause = _evaluate(state["Cause"], scope, variables)
            case other:
                raise NotImplementedError(f"states of type {other}")
    return outcome


def _task(state: Json, scope: Json, variables: dict[str, Json], invoke: Invoke, outcome: Outcome) -> tuple[str, Json]:
    arguments = _evaluate(state["Arguments"], scope, variables)
    try:
        payload = _attempts(state, arguments, invoke, outcome)
    except TaskFailed as failed:
        return _caught(state, failed, scope, variables)
    scope = {**scope, "result": {"Payload": payload, "StatusCode": 200}}
    _assign(state, scope, variables)
    output = _evaluate(state.get("Output", "{% $states.result %}"), scope, variables)
    if state.get("End"):
        outcome.status, outcome.output = "SUCCEEDED", output
    return state.get("Next", ""), output


def _attempts(state: Json, arguments: Json, invoke: Invoke, outcome: Outcome) -> Json:
    used: dict[int, int] = {}
    function = arguments["FunctionName"].strip("${}")
    while True:
        outcome.calls.append(function)
        try:
            return _json_round_trip(invoke(function, _json_round_trip(arguments["Payload"])))
        except TaskFailed as failed:
            index, retrier = _matching(state.get("Retry", []), failed.error)
            if used.get(index, 0) >= retrier.get("MaxAttempts", 3):
                raise
            outcome.longest_delay += _delay(retrier, used.get(index, 0))
            used[index] = used.get(index, 0) + 1


def _caught(state: Json, failed: TaskFailed, scope: Json, variables: dict[str, Json]) -> tuple[str, Json]:
    _, catcher = _matching(state.get("Catch", []), failed.error)
    if "Next" not in catcher:
        raise failed
    error_output = {"Error": failed.error, "Cause": failed.cause}
    scope = {**scope, "errorOutput": error_output}
    _assign(catcher, scope, variables)
    return catcher["Next"], _evaluate(catcher.get("Output", error_output), scope, variables)


def _assign(clause: Json, scope: Json, variables: dict[str, Json]) -> None:
    """Assign variables, all evaluated against their values on entry."""
    variables.update(_evaluate(clause.get("Assign", {}), scope, dict(variables)))


def _matching(rules: list[Json], error: str) -> tuple[int, Json]:
    for index, rule in enumerate(rules):
        if error in rule["ErrorEquals"] or "States.ALL" in rule["ErrorEquals"]:
            return index, rule
    return len(rules), {"MaxAttempts": 0}


def _delay(retrier: Mapping[str, float], used: int) -> float:
    grown = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** used
    return min(grown, retrier.get("MaxDelaySeconds", grown))


def _evaluate(template: Json, scope: Json, variables: Mapping[str, Json]) -> Json:
    match template:
        case str() if template.startswith("{%") and template.endswith("%}"):
            return _jsonata(template[2:-2].strip(), {**variables, "states": scope})
        case dict():
            return {key: _evaluate(value, scope, variables) for key, value in template.items()}
        case list():
            return [_evaluate(value, scope, variables) for value in template]
        case _:
            return template


def _jsonata(expression: str, bindings: Mapping[str, Json]) -> Json:
    compiled = _compiled(expression)
    frame = compiled.create_frame()
    for name, value in bindings.items():
        frame.bind(name, value)
    result = compiled.evaluate(None, frame)
    if result is None:
        raise TaskFailed("States.QueryEvaluationError", f"{expression} is undefined")
    return result


@cache
def _compiled(expression: str) -> Jsonata:
    return Jsonata(expression)


def _json_round_trip(value: Json) -> Json:
    return json.loads(json.dumps(value))
