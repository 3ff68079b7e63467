"""What is missing on this machine or in the stack, and the command that fixes it."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from saga.engine import project
from saga.engine.process import Engine
from saga.failures import Failure
from saga.graph import render
from saga.graph.formats import FontError, to_png
from saga.http import call
from saga.stack.stack import Stack
from saga.stack.target import Target, session

_SAMPLE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_TIMEOUT = 20  # seconds for an interpreter to answer


@dataclass(frozen=True)
class Finding:
    """What was checked, what was found, and how to fix it. If it is not `needed`, only some uses miss it."""

    name: str
    ok: bool
    needed: bool
    found: str
    fix: str

    @property
    def json(self) -> dict[str, Any]:
        """The finding for programs, with its fix if one is needed."""
        fix = {} if self.ok else {"cure": self.fix}
        return {"name": self.name, "well": self.ok, "needed": self.needed, "found": self.found, **fix}


def findings(target: Target) -> list[Finding]:
    """Check everything. Only the target's side, engine or AWS, is required."""
    on_aws = bool(
        target.config_env or target.profile or (target.stack and not Engine(project.ENGINE_HOME).is_running())
    )
    fix = f"make deploy STAGE={target.config_env or 'dev'}" if on_aws else "make up"
    stack: Stack | None = None
    try:
        stack = target.load()
        found = f"{stack.name}: {stack.place}"
    except (Failure, BotoCoreError, ClientError) as error:
        found = str(error)
    return [
        *_tools(needed=not on_aws),
        *_engine(needed=not on_aws),
        Finding("stack", ok=stack is not None, needed=True, found=found, fix=fix),
        _samconfig(needed=on_aws),
        *_aws(stack, target, needed=on_aws),
        *_pictures(),
    ]


def _tools(*, needed: bool) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    fix = "install Python 3.13, which the functions need; then make install"
    yield Finding("Python", sys.version_info[:2] == (3, 13), needed, version, fix)
    yield _environment("tools", project.BIN, ("boto3", "samcli"), needed=needed)
    yield _environment("engine's tools", project.ENGINE_BIN, ("awslambdaric", "ministack"), needed=needed)


def _engine(*, needed: bool) -> Iterator[Finding]:
    running = Engine(project.ENGINE_HOME).is_running()
    yield Finding("engine", running, needed, "running" if running else "not running", "make up")
    if not running:
        return
    try:
        endpoint = Engine.running_at(project.ENGINE_HOME).endpoint
        status, _ = call(f"{endpoint}/_ministack/health")
        ok, found = status == HTTPStatus.OK, f"{status} from {endpoint}"
    except Failure as failure:
        ok, found = False, str(failure)
    yield Finding("engine's answer", ok, needed, found, "make down up")


def _pictures() -> Iterator[Finding]:
    try:
        to_png(render(_SAMPLE))
        missing = ""
    except FontError as error:
        missing = str(error)
    font = {"found": missing or "found", "fix": "apt-get install fonts-dejavu-core"}
    yield Finding("font for PNG", ok=not missing, needed=True, **font)
    browser = next(filter(None, map(shutil.which, _BROWSERS)), "")
    found = {"found": browser or "not found", "fix": "apt-get install chromium"}
    yield Finding("browser for tests", ok=bool(browser), needed=False, **found)


def _environment(name: str, programs: Path, modules: Sequence[str], *, needed: bool) -> Finding:
    """Let the interpreter itself say which modules it lacks: it may be a link to nowhere."""
    script = f"from importlib.util import find_spec as f; print(*(m for m in {modules!r} if not f(m)))"
    try:
        ended = subprocess.run(  # noqa: S603 - the project's own interpreter, no shell
            [programs / "python", "-c", script], capture_output=True, text=True, check=False, timeout=_TIMEOUT
        )
        missing, error = ended.stdout.strip(), ended.stderr.strip()
    except (OSError, subprocess.TimeoutExpired) as failure:
        missing, error = "", str(failure)
    problem = f"missing: {missing}" if missing else error
    return Finding(name, not problem, needed, problem or str(programs.parent), "make install")


def _samconfig(*, needed: bool) -> Finding:
    file = project.ROOT / "samconfig.toml"
    environments = []
    try:
        settings = tomllib.loads(file.read_text())
        environments = [name for name, value in settings.items() if isinstance(value, dict)]
        found = f"{file}: {', '.join(environments) or 'no environment'}"
    except (OSError, ValueError) as error:
        found = str(error)
    return Finding("samconfig", bool(environments), needed, found, "git checkout samconfig.toml")


def _aws(stack: Stack | None, target: Target, *, needed: bool) -> Iterator[Finding]:
    """Check the session that read the stack; without a stack on AWS, the one that the options select."""
    try:
        aws = stack.session if stack and not stack.on_engine else session(target.profile, target.region)
    except Failure as failure:
        yield Finding("AWS profile", ok=False, needed=True, found=str(failure), fix="aws configure --profile NAME")
        return
    credentials, region = aws.get_credentials(), aws.region_name
    found = f"from {credentials.method}" if credentials else "none"
    yield Finding("AWS credentials", bool(credentials), needed, found, "aws configure")
    yield Finding("AWS region", bool(region), needed, region or "none", "aws configure set region REGION")
