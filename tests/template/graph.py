"""The state machines as graphs: the successors of their states, and the chains of tasks."""

import json
from typing import Any

from sagakit.saga import Coordinator, Saga, sagas
from sagas import ORDER
from tests.support import template as source
from tests.support.asl import Invoke, Json, TaskFailed
from tests.support.template import definition, resources, template

DECISION, PAUSE = "CancelOrder", "PauseOrder"
MACHINES = [saga for saga in sagas().values() if saga.coordinator is Coordinator.STATE_MACHINE]
IN_QUEUES = [saga for saga in sagas().values() if saga.coordinator is Coordinator.QUEUES]
REFUSED = {error.__name__ for saga in MACHINES for error in saga.refusals}


def tasks() -> dict[str, dict[str, Any]]:
    """Return the task states of all state machines, by name."""
    return {name: state for saga in MACHINES for name, state in source.tasks(saga.name).items()}


def machine(name: str) -> str:
    """Return the logical id of the state machine of the saga with this name."""
    uri = f"statemachine/{name}_saga.asl.json"
    machines = resources("AWS::Serverless::StateMachine")
    (found,) = [each for each, resource in machines.items() if resource["Properties"]["DefinitionUri"] == uri]
    return found


def entry_points(function: str) -> list[str]:
    """Return the handlers that a function runs: its own, and those of the states that it gets from a queue."""
    properties = resources("AWS::Serverless::Function")[function]["Properties"]
    states = properties.get("Environment", {}).get("Variables", {}).get("HANDLERS", "{}")
    return [properties["Handler"], *json.loads(states).values()]


def successors(state: dict[str, Any]) -> set[str]:
    """Return the states that may follow."""
    return {rule["Next"] for rule in [state, *state.get("Catch", [])] if "Next" in rule}


def reached(of: dict[str, Any]) -> set[str]:
    """Return the states that an execution of the definition can enter."""
    found: set[str] = set()
    waiting = {of["StartAt"]}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= successors(of["States"][name]) - found
    return found


def chain(start: str) -> list[str]:
    """Return the tasks one after the other, as long as none fails."""
    name, names = start, []
    while name in tasks():
        names.append(name)
        name = tasks()[name].get("Next", "")
    return names


def forward(saga: Saga = ORDER) -> list[str]:
    """Return the tasks from the start to the pivot."""
    return chain(definition(saga.name)["StartAt"])


def undoing(saga: Saga = ORDER) -> list[str]:
    """Return the tasks from the decision to undo to the end, with the compensations in between."""
    return chain(saga.name_for("Cancel{}"))


def function(name: str) -> dict[str, Any]:
    """Return the properties of the function that a task calls, including those that all functions share."""
    own = resources("AWS::Serverless::Function")[f"{name}Function"]["Properties"]
    return {**template()["Globals"]["Function"], **own}


def participant(name: str) -> str:
    """Return the participant whose function a task calls."""
    return str(function(name)["Handler"].partition(".")[0])


def failing(**errors: str) -> tuple[Invoke, dict[str, Json]]:
    """Return functions that fail by state, and what they are called with."""
    payloads: dict[str, Json] = {}

    def call(function: str, payload: Json) -> Json:
        state = function.removesuffix("Function")
        payloads[state] = payload
        if state in errors:
            raise TaskFailed(errors[state], "why")
        return {"reason": "OutOfLuck", "message": ""}

    return call, payloads
