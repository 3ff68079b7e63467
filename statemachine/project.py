"""A project folder as its own checks read it: its template and its files."""

import ast
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sagakit.queues.route import route
from sagakit.saga import Coordinator, Saga
from statemachine.template import read

type Json = dict[str, Any]


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

    @cached_property
    def queues(self) -> dict[str, str]:
        """The logical ids of the queues in the functions' settings."""
        setting = self.template["Globals"]["Function"]["Environment"]["Variables"].get("QUEUES", {})
        return dict(re.findall(r'"(\w+)": "\$\{(\w+)\}"', json.dumps(setting).replace("\\", "")))

    def worker(self, queue: str) -> str:
        """Return the name of the function with the messages of a queue; empty if there is none."""
        arn = {"Fn::GetAtt": [self.queues.get(queue), "Arn"]}
        functions = (name for name in self.template["Resources"] if arn in self._sources(name))
        return next(functions, "").removesuffix("Function")

    def handler(self, saga: Saga, state: str) -> str:
        """Return the handler of a saga's state, `package.module.function`; empty if it has none."""
        if saga.coordinator is Coordinator.STATE_MACHINE:
            return str(self.properties(f"{state}Function").get("Handler", ""))
        worker = self.properties(f"{self.worker(route(saga.name)[state].queue)}Function")
        handlers = worker.get("Environment", {}).get("Variables", {}).get("HANDLERS", "{}")
        return str(json.loads(handlers).get(state, ""))

    def _sources(self, function: str) -> list[Json]:
        return [each["Properties"].get("Queue") for each in self.properties(function).get("Events", {}).values()]

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
