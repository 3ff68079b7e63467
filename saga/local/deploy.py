"""Deploys a built template to the engine with SAM, unless the engine has that build already."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3

from saga.engine.process import Engine
from saga.engine.project import sam
from saga.engine.session import REGION, engine_environment
from saga.failures import Failure
from saga.stack.function_names import require_short
from saga.stack.stack import Stack

_POLL = {"SAM_CLI_POLL_DELAY": "0.1"}  # seconds, instead of 5
_SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


def deploy(
    engine: Engine, stack_name: str, parameters: Mapping[str, str], built: Path, region: str | None = None
) -> Stack:
    """Deploy the built template, unless it is what the stack has.

    Raises:
        UsageFailure: the stack's name is too long.
        Failure: SAM fails. The message has the reasons of failed resources.
    """
    region = region or REGION
    session, template = engine.session(region), _marked(built, parameters)
    require_short(stack_name, template)
    if _deployed_build(session, stack_name) != template["Metadata"]["Build"]:
        marked = engine.home / f"{stack_name}.json"
        marked.write_text(json.dumps(template, indent=1))
        _sam_deploy(engine, stack_name, parameters, marked, region)
    return Stack.load(session, stack_name, engine.endpoint)


def _marked(built: Path, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return the template with its own hash. It isn't a tag of the stack because a new tag updates every resource."""
    text = built.read_text()
    mark = hashlib.sha256(json.dumps([text, dict(parameters)], sort_keys=True).encode()).hexdigest()
    template = json.loads(text)
    return {**template, "Metadata": {**template.get("Metadata", {}), "Build": mark}}


def _deployed_build(session: boto3.Session, stack_name: str) -> str | None:
    cloudformation = session.client("cloudformation")
    stacks = cloudformation.describe_stacks()["Stacks"]
    if not any(stack["StackName"] == stack_name and stack["StackStatus"] in _SETTLED for stack in stacks):
        return None
    template: Any = cloudformation.get_template(StackName=stack_name)["TemplateBody"]
    build: str | None = template.get("Metadata", {}).get("Build")
    return build


def _sam_deploy(engine: Engine, stack_name: str, parameters: Mapping[str, str], template: Path, region: str) -> None:
    started = datetime.now(UTC)
    overrides = [f"{name}={value}" for name, value in parameters.items()]
    try:
        sam(
            *("deploy", "--stack-name", stack_name, "--template-file", str(template), "--resolve-s3"),
            *("--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
            *(["--parameter-overrides", *overrides] if overrides else []),
            log=engine.home / "sam-deploy.log",
            environment={**engine_environment(engine.endpoint, region), **_POLL},
        )
    except Failure as failure:
        reasons = _reasons(engine.session(region), stack_name, started)
        raise Failure("\n".join([str(failure), *reasons])) from failure


def _reasons(session: boto3.Session, stack_name: str, started: datetime) -> list[str]:
    """Return why resources failed. SAM prints it in a narrow column."""
    cloudformation = session.client("cloudformation")
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_name)
    try:
        events = [event for page in pages for event in page["StackEvents"] if event["Timestamp"] >= started]
    except cloudformation.exceptions.ClientError:  # there is no stack yet
        return []
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed]
