"""The template and the definition, as data."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]


@cache
def template() -> dict[str, Any]:
    """Give the SAM template, its intrinsic functions in their long form."""
    return dict(yaml_parse((ROOT / "template.yaml").read_text()))


@cache
def definition() -> dict[str, Any]:
    """Give the state machine's definition, its placeholders as they stand."""
    return dict(json.loads((ROOT / "statemachine" / "order_saga.asl.json").read_text()))


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Give the resources of a type by logical id."""
    return {name: each for name, each in template()["Resources"].items() if each["Type"] == kind}


def tasks() -> dict[str, dict[str, Any]]:
    """Give the task states by name."""
    return {name: state for name, state in definition()["States"].items() if state["Type"] == "Task"}


@cache
def tables() -> tuple[str, ...]:
    """Name the tables as the functions' settings do: SAGAS for SAGAS_TABLE."""
    return tuple(logical_ids())


@cache
def tables_of_record() -> tuple[str, ...]:
    """Name the tables that never forget."""
    of_record = {
        logical_id
        for logical_id, table in resources("AWS::DynamoDB::Table").items()
        if "TimeToLiveSpecification" not in table["Properties"]
    }
    return tuple(name for name, logical_id in logical_ids().items() if logical_id in of_record)


@cache
def logical_ids() -> dict[str, str]:
    """Give the logical id of each table, by the name that the functions' settings use."""
    settings = template()["Globals"]["Function"]["Environment"]["Variables"]
    return {name.removesuffix("_TABLE"): each["Ref"] for name, each in settings.items() if name.endswith("_TABLE")}
