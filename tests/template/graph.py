"""The state machine as a graph: the successors of its states, and its two chains of tasks."""

from typing import Any

from sagas import ORDER
from tests.support.template import definition, resources, tasks, template

DECISION, PAUSE = "CancelOrder", "PauseOrder"
REFUSED = {error.__name__ for step in ORDER.forward for error in step.refusals}


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
        name = tasks()[name]["Next"]
    return names


def forward() -> list[str]:
    """Return the tasks from the start to the pivot."""
    return chain(definition()["StartAt"])


def undoing() -> list[str]:
    """Return the tasks from the decision to undo to the end, with the compensations in between."""
    return chain(DECISION)


def function(name: str) -> dict[str, Any]:
    """Return the properties of the function that a task calls, including those that all functions share."""
    own = resources("AWS::Serverless::Function")[f"{name}Function"]["Properties"]
    return {**template()["Globals"]["Function"], **own}


def participant(name: str) -> str:
    """Return the participant whose function a task calls."""
    return str(function(name)["Handler"].partition(".")[0])
