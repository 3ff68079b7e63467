"""Name whatever a step of a saga's table lacks, a line each: python -m statemachine.missing. 1 if it is anything."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from sagakit.saga import sagas
from sagakit.step import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sagakit.saga import Saga
    from sagakit.step import Forward

type Json = dict[str, Any]

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Tell what is missing; 1 if anything is."""
    found = missing(Project(ROOT), sagas().values())
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def missing(project: Project, of: Iterable[Saga]) -> list[str]:
    """Name what is missing in the project, a line each."""
    return list(dict.fromkeys(line for saga in of for line in _of_saga(project, saga)))


@dataclass(frozen=True)
class Project:
    """The project in a folder: its template, and which files there are."""

    root: Path

    @cached_property
    def template(self) -> Json:
        """The template, its intrinsic functions in their long form."""
        return dict(yaml_parse((self.root / "template.yaml").read_text()))

    def properties(self, logical_id: str) -> Json:
        """Give the properties of a resource; empty where it is not there."""
        return dict(self.template["Resources"].get(logical_id, {}).get("Properties", {}))

    def machine(self, saga: Saga) -> str:
        """Name the state machine of the saga; empty where it is not there."""
        uri = f"statemachine/{saga.name}_saga.asl.json"
        resources = self.template["Resources"]
        return next((name for name in resources if self.properties(name).get("DefinitionUri") == uri), "")

    def defines(self, handler: str) -> bool:
        """Tell whether a handler, `package.module.function`, is in the code."""
        module, _, function = handler.rpartition(".")
        file = (self.root / "functions").joinpath(*module.split(".")).with_suffix(".py")
        body = ast.parse(file.read_text()).body if module and file.is_file() else []
        return any(isinstance(each, ast.FunctionDef) and each.name == function for each in body)

    def settings(self, participant: str) -> set[str]:
        """Name the settings with the tables of a participant, as its code has them."""
        files = (self.root / "functions" / participant).glob("*.py") if participant else ()
        return {name for file in files for name in re.findall(r'"(\w+_TABLE)"', file.read_text())}


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
    """Find what belongs to the function of a state."""
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
    """Find what the state machine has to know of the function of a state."""
    function, properties = f"{state}Function", project.properties(machine)
    arn = {"Fn::GetAtt": [function, "Arn"]}
    if properties.get("DefinitionSubstitutions", {}).get(function) != arn:
        yield f"{function} is not among the DefinitionSubstitutions of {machine}"
    statements = [each for policy in properties.get("Policies", []) for each in policy["Statement"]]
    if not any("lambda:InvokeFunction" in each["Action"] and arn in each["Resource"] for each in statements):
        yield f"{machine} has no permission to invoke {function}"


def _tables(project: Project, step: Forward) -> Iterator[str]:
    """Find the tables of a step's participant: the reconciliation reads those that the outputs name."""
    participant = project.properties(f"{step.state}Function").get("Handler", "").partition(".")[0]
    given = project.template["Globals"]["Function"]["Environment"]["Variables"]
    outputs = [
        output["Value"].get("Ref") for name, output in project.template["Outputs"].items() if name.endswith("Table")
    ]
    for setting in sorted({*project.settings(participant), *([step.table] if isinstance(step, Effect) else [])}):
        table = given.get(setting, {}).get("Ref")
        if table is None:
            yield f"{participant or step.state}: the Globals of template.yaml do not give {setting}"
        elif not project.properties(table):
            yield f"{participant or step.state}: template.yaml has no {table}"
        elif table not in outputs:
            yield f"{participant or step.state}: {table} is not among the outputs of template.yaml"


def _refusals(project: Project, step: Forward, machine: str) -> Iterator[str]:
    """Find refusals that would be taken for failures: the saga undoes them by itself."""
    left_out = [names for rule in _rules(project, machine) for names in _left_out(rule)]
    ignored = project.properties("UnexpectedFailuresFilter").get("FilterPattern", "").split()
    for refusal in [error.__name__ for error in step.refusals]:
        if not left_out or not all(refusal in names for names in left_out):
            yield f"the rule that calls recovery does not leave {refusal} out"
        if f"-{refusal}" not in ignored:
            yield f"UnexpectedFailuresFilter does not leave {refusal} out"


def _rules(project: Project, machine: str) -> Iterator[Json]:
    """Give what the rules about executions of the state machine listen to."""
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
