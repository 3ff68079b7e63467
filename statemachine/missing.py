"""List whatever a step of a saga's table lacks, one line each: python -m statemachine.missing."""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sagakit.queues.route import route
from sagakit.saga import Coordinator, Saga, sagas
from sagakit.step import Forward
from statemachine.project import Project

type Json = dict[str, Any]

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Print what is missing; return 1 if anything is."""
    found = missing(Project(ROOT), sagas().values())
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def missing(project: Project, of: Iterable[Saga]) -> list[str]:
    """List what the project lacks, one line each."""
    return list(dict.fromkeys(line for saga in of for line in _of_saga(project, saga)))


def _of_saga(project: Project, saga: Saga) -> Iterator[str]:
    yield from _in_queues(project, saga) if saga.coordinator is Coordinator.QUEUES else _in_machine(project, saga)
    for step in saga.forward:
        yield from _tables(project, project.handler(saga, step.state), step)


def _in_machine(project: Project, saga: Saga) -> Iterator[str]:
    machine = project.machine(saga)
    if not machine:
        yield f"{saga.name}: template.yaml has no state machine with statemachine/{saga.name}_saga.asl.json"
    for state in (*(step.state for step in saga.forward), *(each.state for each in saga.compensations)):
        found = *_function(project, state), *_handler(project, saga, state), *_invoked(project, state, machine)
        yield from (f"{state}: {what}" for what in found)
    for step in saga.forward:
        yield from (f"{step.state}: {what}" for what in _refusals(project, step, machine))


def _in_queues(project: Project, saga: Saga) -> Iterator[str]:
    stops = route(saga.name)
    for queue in dict.fromkeys(stop.queue for stop in stops.values()):
        if queue not in project.queues:
            yield f"{saga.name}: the Globals of template.yaml do not give QUEUES a queue for {queue}"
        elif not project.properties(project.queues[queue]):
            yield f"{saga.name}: template.yaml has no {project.queues[queue]}"
        elif not project.worker(queue):
            yield f"{saga.name}: template.yaml has no function with the messages of {project.queues[queue]}"
        else:
            yield from (f"{saga.name}: {what}" for what in _function(project, project.worker(queue)))
    for state in [*stops][1:]:  # the start only passes a message on
        yield from (f"{state}: {what}" for what in _handler(project, saga, state))


def _function(project: Project, name: str) -> Iterator[str]:
    """List what the function with this name lacks."""
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    if not project.properties(f"{name}Function"):
        yield f"template.yaml has no {name}Function"
    if not project.properties(f"{name}LogGroup"):
        yield f"template.yaml has no {name}LogGroup"
    if not (project.root / "events" / f"{stem}.json").is_file():
        yield f"there is no sample event events/{stem}.json"


def _handler(project: Project, saga: Saga, state: str) -> Iterator[str]:
    """List what a state's handler lacks."""
    handler = project.handler(saga, state)
    test = f"tests/unit/{handler.partition('.')[0]}/test_{handler.rpartition('.')[2]}.py"
    if not handler:
        yield "no worker has a handler for it" if saga.coordinator is Coordinator.QUEUES else "it has no handler"
    elif not project.defines(handler):
        yield f"its handler {handler} is not in functions/"
    elif not (project.root / test).is_file():
        yield f"there is no {test}"


def _invoked(project: Project, state: str, machine: str) -> Iterator[str]:
    """List what the state machine lacks to invoke a state's function."""
    function, properties = f"{state}Function", project.properties(machine)
    arn = {"Fn::GetAtt": [function, "Arn"]}
    if properties.get("DefinitionSubstitutions", {}).get(function) != arn:
        yield f"{function} is not among the DefinitionSubstitutions of {machine}"
    statements = [each for policy in properties.get("Policies", []) for each in policy.get("Statement", [])]
    if not any("lambda:InvokeFunction" in each["Action"] and arn in each["Resource"] for each in statements):
        yield f"{machine} has no permission to invoke {function}"


def _tables(project: Project, handler: str, step: Forward) -> Iterator[str]:
    """List the tables that a step's participant lacks. Reconciliation reads those among the outputs."""
    participant = handler.partition(".")[0]
    settings = project.template["Globals"]["Function"]["Environment"]["Variables"]
    outputs = [
        output["Value"].get("Ref") for name, output in project.template["Outputs"].items() if name.endswith("Table")
    ]
    for setting in sorted(project.settings(participant)):
        table = settings.get(setting, {}).get("Ref")
        if table is None:
            yield f"{participant or step.state}: the Globals of template.yaml do not give {setting}"
        elif not project.properties(table):
            yield f"{participant or step.state}: template.yaml has no {table}"
        elif table not in outputs:
            yield f"{participant or step.state}: {table} is not among the outputs of template.yaml"


def _refusals(project: Project, step: Forward, machine: str) -> Iterator[str]:
    """List the refusals that would start recovery, although the saga compensates them itself."""
    left_out = [names for rule in _rules(project, machine) for names in _left_out(rule)]
    for refusal in [error.__name__ for error in step.refusals]:
        if not left_out or not all(refusal in names for names in left_out):
            yield f"the rule that calls recovery does not leave {refusal} out"


def _rules(project: Project, machine: str) -> Iterator[Json]:
    """Yield the detail patterns of the rules about the state machine's executions."""
    for name in project.template["Resources"]:
        for event in project.properties(name).get("Events", {}).values():
            detail = event["Properties"].get("Pattern", {}).get("detail", {})
            if {"Ref": machine} in detail.get("stateMachineArn", []):
                yield detail


def _left_out(rule: Json) -> list[list[str]]:
    filters = [each for way in rule.get("$or", [rule]) for each in way.get("error", [])]
    return [each["anything-but"] for each in filters if "anything-but" in each]


if __name__ == "__main__":
    sys.exit(main())
