"""What is missing on this machine or in the stack, and the command that cures it."""

import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from saga import aws, project
from saga.failure import Failure
from saga.operations import machine
from saga.operations.finding import Finding
from saga.stack import Stack
from saga.target import Target

if TYPE_CHECKING:
    import boto3

__all__ = ["Finding", "findings"]

type Loaded = Stack | Exception


def findings(target: Target) -> list[Finding]:
    """Looks at everything. Of the engine and AWS only that is needed which the target is on."""
    on_aws = bool(target.config_env or target.profile or (target.stack and not machine.engine_runs()))
    stack = _loaded(target)
    return [
        *machine.tools(needed=not on_aws),
        *machine.engine(needed=not on_aws),
        _stack(stack, f"make deploy STAGE={target.config_env or 'dev'}" if on_aws else "make up"),
        _samconfig(needed=on_aws),
        *_aws(stack, target, needed=on_aws),
        *machine.pictures(),
    ]


def _loaded(target: Target) -> Loaded:
    try:
        return target.load()
    except (Failure, BotoCoreError, ClientError) as error:
        return error


def _stack(stack: Loaded, cure: str) -> Finding:
    if isinstance(stack, Exception):
        return Finding("stack", well=False, needed=True, found=str(stack), cure=cure)
    return Finding("stack", well=True, needed=True, found=f"{stack.name}: {stack.place}", cure=cure)


def _samconfig(*, needed: bool) -> Finding:
    file, cure = project.ROOT / "samconfig.toml", "git checkout samconfig.toml"
    try:
        settings = tomllib.loads(file.read_text())
    except (OSError, ValueError) as error:
        return Finding("samconfig", well=False, needed=needed, found=str(error), cure=cure)
    environments = [name for name, value in settings.items() if isinstance(value, dict)]
    words = ", ".join(environments) or "no environment"
    return Finding("samconfig", bool(environments), needed, f"{file} with {words}", cure)


def _aws(stack: Loaded, target: Target, *, needed: bool) -> Iterator[Finding]:
    """The settings with which the stack was read; where it was not, or is the engine's, those of the machine."""
    try:
        session = _session(stack, target)
    except Failure as failure:
        yield Finding("AWS profile", well=False, needed=True, found=str(failure), cure="aws configure --profile NAME")
        return
    credentials, region = session.get_credentials(), session.region_name
    found = f"by {credentials.method}" if credentials else "none"
    yield Finding("AWS credentials", bool(credentials), needed, found, "aws configure")
    yield Finding("AWS region", bool(region), needed, region or "none", "aws configure set region REGION")


def _session(stack: Loaded, target: Target) -> "boto3.Session":
    if isinstance(stack, Stack) and not stack.on_engine:
        return stack.session
    return aws.session(target.profile, target.region)
