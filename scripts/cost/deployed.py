"""What the template says about what is paid for: functions, schedules, alarms and the rest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

type Template = dict[str, Any]


@dataclass(frozen=True)
class DeployedFunction:
    """A function's memory in MB, its architecture, and whether it is traced."""

    memory: int
    architecture: str
    traced: bool


def functions(template: Template) -> dict[str, DeployedFunction]:
    """Return the functions by logical id, without `Function`."""
    shared = template["Globals"]["Function"]
    found = {}
    for name, properties in of_type(template, "AWS::Serverless::Function"):
        settings = {**shared, **properties}
        (architecture,) = settings["Architectures"]
        found[name.removesuffix("Function")] = DeployedFunction(
            settings["MemorySize"], _default(template, architecture), settings["Tracing"] == "Active"
        )
    return found


def runs_a_minute(template: Template) -> dict[str, float]:
    """Return how often each function runs on a schedule."""
    found: dict[str, float] = {}
    for name, event in events(template, "Schedule"):
        minutes = re.fullmatch(r"rate\((\d+) minutes?\)", event["Schedule"])
        if minutes is None:
            raise NotImplementedError(f"the schedule {event['Schedule']}")
        found[name] = found.get(name, 0) + 1 / int(minutes[1])
    return found


def events(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of a type that invoke functions, with the functions' names without `Function`."""
    for name, properties in of_type(template, "AWS::Serverless::Function"):
        for event in properties.get("Events", {}).values():
            if event["Type"] == kind:
                yield name.removesuffix("Function"), event["Properties"]


def of_type(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the resources of a type, and their properties. All conditions that they have hold by default."""
    for name, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource["Properties"]


def _default(template: Template, value: Any) -> str:  # noqa: ANN401  a text, or a reference to a parameter
    return str(template["Parameters"][value["Ref"]]["Default"] if isinstance(value, dict) else value)
