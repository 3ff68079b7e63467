"""List whatever a step of a saga's table lacks, one line each: python -m statemachine.missing."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sagakit.saga import Saga, sagas
from sagakit.step import Effect, Forward
from statemachine.template import read

type Json = dict[str, Any]

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Print what is missing; return 1 if anything is."""
    found = missing(Project(ROOT), sagas().values())
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


@dataclass(frozen=True)
class Project:
    """A project folder: its template and its files."""

    root: Path

    @cached_property
    def template(self) -> Json:
        """The template as data."""
        return read(self.root / "template.yaml")

    def properties(self, logical_id: str) -> Json:
        """Return the properties of a resource; empty if the template lacks it."""
        return dict(self.template["Resources"].get(logical_id, {}).get("Properties", {}))

    def machine(self, saga: Saga) -> str:
        """Return the logical id of the saga's state machine; empty if the template lacks it."""
        uri = f"statemachine/{saga.name}_saga.asl.json"
        resources = self.template["Resources"]
        return next((name for name in resources if self.properties(name).get("DefinitionUri") == uri), "")

    def defines(self, handler: str) -> bool:
        """Return whether the code defines a handler, `package.module.function`."""
        module, _, function = handler.rpartition(".")
        file = (self.root / "functions").joinpath(*module.split(".")).with_suffix(".py")
        body = ast.parse(file.read_text()).body if module and file.is_file() else []
        return any(isinstance(each, ast.FunctionDef) and each.name == function for each in body)

    def settings(self, participant: str) -> set[str]:
        """Return the settings for tables that a participant's code reads."""
        files = (self.root / "functions" / participant).glob("*.py") if participant else ()
        return {name for file in files for name in re.findall(r'"(\w+_TABLE)"', file.read_text())}


def missing(project: Project, of: Iterable[Saga]) -> list[str]:
    """List what the project lacks, one line each."""
    return list(dict.fromkeys(line for saga in of for line in _of_saga(project, saga)))


def _of_saga(project: Project, saga: Saga) -> Iterator[str]:
    machine = project.machine(saga)
    if not machine:
        yield f"{saga.name}: template.yaml has no state machine with statemachine/{saga.name}_saga.asl.json"
    for state in (*(step.state for step in saga.forward), *(each.state for each in saga.compensations)):
        yield from (f"{state}: {what}" for what in (*_function(project, state), *_machine(project, state, machine)))
    for step in saga.forward:
        yield from _tables(project, step)
        yield from (f"{step.state}: {what}" for what in _refusals(project, step, machine))


def _function(project: Project, state: str) -> Iterator[str]:
    """List what a state's function lacks."""
    handler = project.properties(f"{state}Function").get("Handler")
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", state).lower()
    if handler is None:
        yield f"template.yaml has no {state}Function"
    else:
        test = f"tests/unit/{handler.partition('.')[0]}/test_{handler.rpartition('.')[2]}.py"
        if not project.defines(handler):
            yield f"its handler {handler} is not in functions/"
        if not (project.root / test).is_file():
            yield f"there is no {test}"
    if not project.properties(f"{state}LogGroup"):
        yield f"template.yaml has no {state}LogGroup"
    if not (project.root / "events" / f"{stem}.json").is_file():
        yield f"there is no sample event events/{stem}.json"


def _machine(project: Project, state: str, machine: str) -> Iterator[str]:
    """List what the state machine lacks to invoke a state's function."""
    function, properties = f"{state}Function", project.properties(machine)
    arn = {"Fn::GetAtt": [function, "Arn"]}
    if properties.get("DefinitionSubstitutions", {}).get(function) != arn:
        yield f"{function} is not among the DefinitionSubstitutions of {machine}"
    statements = [each for policy in properties.get("Policies", []) for each in policy.get("Statement", [])]
    if not any("lambda:InvokeFunction" in each["Action"] and arn in each["Resource"] for each in statements):
        yield f"{machine} has no permission to invoke {function}"


def _tables(project: Project, step: Forward) -> Iterator[str]:
    """List the tables that a step's participant lacks. Reconciliation reads those among the outputs."""
    participant = project.properties(f"{step.state}Function").get("Handler", "").partition(".")[0]
    settings = project.template["Globals"]["Function"]["Environment"]["Variables"]
    outputs = [
        output["Value"].get("Ref") for name, output in project.template["Outputs"].items() if name.endswith("Table")
    ]
    for setting in sorted({*project.settings(participant), *([step.table] if isinstance(step, Effect) else [])}):
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
