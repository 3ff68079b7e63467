"""Builds the application with SAM, and writes a copy of the built template that the engine can run.

In the copy, functions have a custom runtime (see `artefact`) and the API has a fixed ID, so that its URL survives a
restart. `template.yaml` and SAM's build stay as they are.
"""

import fcntl
import hashlib
import json
import platform
import time
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_parse  # type: ignore[import-untyped]

from saga.engine import artefact
from saga.engine.project import ENGINE_HOME, ROOT, sam

BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"
INTO = ENGINE_HOME / "build"
LOCALISED = "template.json"
# Everything that a build depends on, including the versions of the tools and this package.
SOURCES = ("template.yaml", "samconfig.toml", "functions", "statemachine", "requirements", "saga/engine")
# The functions share their code. Without this, SAM copies it for each of them, which takes longer than the build.
_ONE_FOLDER_FOR_ALL = {"SAM_CLI_BETA_BUILD_PERFORMANCE": "1"}
# The engine runs the functions on this machine's processor, whatever they run on elsewhere.
ARCHITECTURE = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
_DAY = 24 * 60 * 60  # seconds

Template = dict[str, Any]


def build() -> Path:
    """Run `sam build` if a source has changed since the last build, and return the engine's template.

    Raises:
        Failure: the build fails.
    """
    INTO.mkdir(parents=True, exist_ok=True)
    with (INTO / "made-of").open("a+") as made_of:
        fcntl.flock(made_of, fcntl.LOCK_EX)  # SAM's folders are for one build at a time
        made_of.seek(0)
        sources = artefact.digest_of(*(ROOT / source for source in SOURCES))
        if made_of.read() != sources:
            made_of.truncate(0)
            built_for = ("--parameter-overrides", f"Architecture={ARCHITECTURE}")
            sam("build", *built_for, log=INTO / "sam-build.log", environment=_ONE_FOLDER_FOR_ALL)
            localise(BUILT, INTO)
            made_of.write(sources)
    return INTO / LOCALISED


def localise(built: Path, into: Path) -> None:
    """Write the engine's copy of a built template, and the artefacts that it refers to."""
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
    _delete_unused(artefacts, text)


def _pin_api(template: Template) -> None:
    """Derive the API's ID from its shape: the engine replaces an API whose shape changes, but keeps a fixed ID."""
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
    """Return the properties of the resources of a type. The engine expands loops (`Fn::ForEach`) itself."""
    resources = {name: each for name, each in template["Resources"].items() if not name.startswith("Fn::ForEach::")}
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == resource_type}


def _delete_unused(artefacts: Path, template: str) -> None:
    """Delete unused artefacts after a day: a deployment may still be reading recent ones."""
    for old in artefacts.iterdir():
        if old.name not in template and old.stat().st_mtime < time.time() - _DAY:
            old.unlink()
