"""The template and the definition, parsed."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from statemachine.template import read

ROOT = Path(__file__).parents[2]


@cache
def template() -> dict[str, Any]:
    """Return the SAM template, its intrinsic functions in their long form and its loops expanded."""
    return read(ROOT / "template.yaml")


@cache
def definition(saga: str = "order") -> dict[str, Any]:
    """Return the definition of a saga's state machine, its placeholders unresolved."""
    return dict(json.loads((ROOT / "statemachine" / f"{saga}_saga.asl.json").read_text()))


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of a type by logical id."""
    return {name: each for name, each in template()["Resources"].items() if each["Type"] == kind}


def tasks(saga: str = "order") -> dict[str, dict[str, Any]]:
    """Return the task states of a saga's state machine by name."""
    return {name: state for name, state in definition(saga)["States"].items() if state["Type"] == "Task"}


@cache
def queues() -> dict[str, str]:
    """Return the logical id of each queue in the functions' settings."""
    setting = template()["Globals"]["Function"]["Environment"]["Variables"]["QUEUES"]["Fn::If"][1]["Fn::Sub"]
    return {name: queue.strip("${}") for name, queue in json.loads(setting).items()}


@cache
def tables() -> tuple[str, ...]:
    """Return the names of the tables in the functions' settings: SAGAS for SAGAS_TABLE."""
    return tuple(logical_ids())


@cache
def tables_of_record() -> tuple[str, ...]:
    """Return the names of the tables whose rows never expire."""
    of_record = {
        logical_id
        for logical_id, table in resources("AWS::DynamoDB::Table").items()
        if "TimeToLiveSpecification" not in table["Properties"]
    }
    return tuple(name for name, logical_id in logical_ids().items() if logical_id in of_record)


@cache
def logical_ids() -> dict[str, str]:
    """Return the logical id of each table, by its name in the functions' settings."""
    settings = template()["Globals"]["Function"]["Environment"]["Variables"]
    return {name.removesuffix("_TABLE"): each["Ref"] for name, each in settings.items() if name.endswith("_TABLE")}
