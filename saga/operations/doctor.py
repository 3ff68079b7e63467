"""What is missing on this machine, or missing or off in the stack, and the command that fixes it."""

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus

from botocore.exceptions import BotoCoreError, ClientError

from saga.engine import project
from saga.engine.process import Engine
from saga.failures import Failure
from saga.http import call
from saga.operations.machine import Finding, pictures, samconfig, tools
from saga.operations.overdue import overdue
from saga.operations.switches import by_kind, switches
from saga.stack.stack import Stack
from saga.stack.target import Target, session


def findings(target: Target) -> list[Finding]:
    """Check everything. Only the target's side, engine or AWS, is required."""
    on_aws = bool(
        target.config_env or target.profile or (target.stack and not Engine(project.ENGINE_HOME).is_running())
    )
    engine = [*_engine(needed=not on_aws)]
    fix = f"make deploy STAGE={target.config_env or 'dev'}" if on_aws else "make up"
    stack, found = _stack(target, fix) if on_aws or not engine[-1].silent else (None, replace(engine[-1], name="stack"))
    return [
        *tools(needed=not on_aws),
        *engine,
        found,
        *(_working(stack) if stack else ()),
        samconfig(needed=on_aws),
        *_aws(stack, target, needed=on_aws),
        *pictures(),
    ]


def _engine(*, needed: bool) -> Iterator[Finding]:
    running = Engine(project.ENGINE_HOME).is_running()
    yield Finding("engine", running, needed, "running" if running else "not running", "make up")
    if not running:
        return
    name, fix = "engine's answer", "make down up"
    try:
        endpoint = Engine.running_at(project.ENGINE_HOME).endpoint
        status, _ = call(f"{endpoint}/_ministack/health")
        yield Finding(name, status == HTTPStatus.OK, needed, f"{status} from {endpoint}", fix)
    except Failure as failure:
        yield Finding.of_failure(name, failure, fix, needed=needed)


def _stack(target: Target, fix: str) -> tuple[Stack | None, Finding]:
    try:
        stack = target.load()
        return stack, Finding("stack", ok=True, needed=True, found=f"{stack.name}: {stack.place}", fix=fix)
    except (Failure, BotoCoreError, ClientError) as error:
        return None, Finding.of_failure("stack", error, fix)


def _working(stack: Stack) -> Iterator[Finding]:
    """Name everything in the stack that is off, what is on only by its kind, and what the sweeper has not done."""
    try:
        kinds, late = by_kind(switches(stack)), overdue(stack)
    except (Failure, BotoCoreError, ClientError) as error:
        yield Finding.of_failure("switches", error, "saga status")
        return
    for kind, found in kinds.items():
        off = [
            Finding(each.name, ok=False, needed=True, found=each.state, fix=each.fix) for each in found if not each.on
        ]
        yield from off or [Finding(kind, ok=True, needed=True, found=found[0].state, fix="")]
    yield Finding("overdue orders", late.ok, needed=True, found=late.text, fix="saga invoke sweep_orders")


def _aws(stack: Stack | None, target: Target, *, needed: bool) -> Iterator[Finding]:
    """Check the session that read the stack; without a stack on AWS, the one that the options select."""
    try:
        aws = stack.session if stack and not stack.on_engine else session(target.profile, target.region)
    except Failure as failure:
        yield Finding.of_failure("AWS profile", failure, "aws configure --profile NAME")
        return
    credentials, region = aws.get_credentials(), aws.region_name
    found = f"from {credentials.method}" if credentials else "none"
    yield Finding("AWS credentials", bool(credentials), needed, found, "aws configure")
    yield Finding("AWS region", bool(region), needed, region or "none", "aws configure set region REGION")
