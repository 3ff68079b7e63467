"""Builds the application with SAM, and writes a copy of the built template that the engine can run.

The copy differs in how functions run (a custom runtime, see `artefact`) and in that the API's id is pinned, so that its
URL outlives a restart. `template.yaml` and what SAM built stay as they are.
"""

import fcntl
import hashlib
import json
import time
from pathlib import Path
from typing import Any, TextIO

from saga.engine import artefact
from saga.engine.sam import sam
from saga.project import ENGINE_HOME, ROOT

BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"
INTO = ENGINE_HOME / "build"
LOCALISED = "template.json"
# All that a build depends on, the tools' versions and this adaptation included.
SOURCES = ("template.yaml", "samconfig.toml", "functions", "statemachine", "requirements", "saga/engine")
# The functions share their code; SAM would copy it for each, which takes longer than all the rest.
ONE_FOLDER_FOR_ALL = {"SAM_CLI_BETA_BUILD_PERFORMANCE": "1"}
_DAY = 24 * 60 * 60  # seconds

Template = dict[str, Any]


def build() -> Path:
    """Runs `sam build`, when a source has changed since, and gives the engine's template.

    Raises Failure when the build fails.
    """
    INTO.mkdir(parents=True, exist_ok=True)
    with (INTO / "made-of").open("a+") as made_of:
        fcntl.flock(made_of, fcntl.LOCK_EX)  # SAM's folders bear one build at a time
        _bring_up_to_date(made_of, artefact.digest_of(*(ROOT / source for source in SOURCES)))
    return INTO / LOCALISED


def _bring_up_to_date(made_of: TextIO, sources: str) -> None:
    made_of.seek(0)
    if made_of.read() == sources:
        return
    made_of.truncate(0)
    sam("build", log=INTO / "sam-build.log", environment=ONE_FOLDER_FOR_ALL)
    localise(BUILT, INTO)
    made_of.write(sources)


def localise(built: Path, into: Path) -> None:
    """Writes the engine's copy of a built template, and the artefacts that it names."""
    from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]  # noqa: PLC0415 - costs half a second

    artefacts = into / "artefacts"
    artefacts.mkdir(exist_ok=True)
    template: Template = yaml_parse(built.read_text())
    functions = _properties(template, "AWS::Serverless::Function").values()
    folders = {function["CodeUri"] for function in functions}
    packages = {folder: artefact.function_package(built.parent / folder, artefacts) for folder in folders}
    for function in functions:
        function.update(Runtime="provided.al2023", CodeUri=str(packages[function["CodeUri"]]))
    for machine in _properties(template, "AWS::Serverless::StateMachine").values():
        machine["DefinitionUri"] = str(artefact.copy(built.parent / machine["DefinitionUri"], artefacts))
    _pin_api(template)
    text = json.dumps(template, indent=1)
    (into / LOCALISED).write_text(text)
    _sweep(artefacts, text)


def _pin_api(template: Template) -> None:
    """Derives the id from the API's shape: the engine replaces an API whose shape changes, but not by its own id."""
    routes = [
        (name, function.get("FunctionName"), event)
        for name, function in _properties(template, "AWS::Serverless::Function").items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    ]
    for name, api in _properties(template, "AWS::Serverless::Api").items():
        shape = json.dumps([template.get("Globals", {}).get("Api"), name, api, routes], sort_keys=True)
        pin = f"${{AWS::StackName}}-{hashlib.sha256(shape.encode()).hexdigest()[:8]}"
        api.update(Tags={**api.get("Tags", {}), "ms-custom-id": {"Fn::Sub": pin}}, PropagateTags=True)


def _properties(template: Template, resource_type: str) -> dict[str, Template]:
    resources = template["Resources"].items()
    return {name: resource["Properties"] for name, resource in resources if resource["Type"] == resource_type}


def _sweep(artefacts: Path, template: str) -> None:
    """Removes what is in no use; a deployment of a minute ago may still be reading its own."""
    for old in artefacts.iterdir():
        if old.name not in template and old.stat().st_mtime < time.time() - _DAY:
            old.unlink()
