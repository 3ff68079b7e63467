"""The stack that a command targets: the engine's if it runs, or one on AWS, by `samconfig.toml` or options."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ProfileNotFound
from botocore.session import Session as BotocoreSession

from saga.aws import bounded
from saga.engine.process import Engine
from saga.engine.project import ENGINE_HOME, ROOT
from saga.failures import Unreachable, UsageFailure
from saga.stack.stack import Stack

DEFAULT_STACK = "order-saga-dev"


@dataclass(frozen=True)
class Target:
    """The options given. `config_env` or `profile` select AWS; without them it is the engine, if that runs."""

    config_env: str | None = None
    stack: str | None = None
    region: str | None = None
    profile: str | None = None

    @property
    def flags(self) -> list[str]:
        """The same as options on a command line."""
        named = {"config-env": self.config_env, "stack": self.stack, "region": self.region, "profile": self.profile}
        return [part for name, value in named.items() if value for part in (f"--{name}", value)]

    def load(self) -> Stack:
        """Read the stack.

        Raises:
            Unreachable: it does not answer, or is not an Order Saga.
            UsageFailure: the profile is not configured, or `samconfig.toml` has no such environment.
        """
        on_aws = self.config_env or self.profile
        if not on_aws and Engine(ENGINE_HOME).is_running():
            engine = Engine.running_at(ENGINE_HOME)
            return Stack.load(engine.session(self.region), self.stack or DEFAULT_STACK, engine.endpoint)
        if not (on_aws or self.stack):
            raise Unreachable(
                "the engine is not running. Start it with `make up`, or name a stack on AWS: --config-env default"
            )
        settings = _environment(self.config_env) if self.config_env else {}
        name = self.stack or settings.get("stack_name", DEFAULT_STACK)
        return Stack.load(session(self.profile or settings.get("profile"), self.region or settings.get("region")), name)


def session(profile: str | None, region: str | None) -> boto3.Session:
    """Return a session with the operator's own credentials.

    Raises:
        UsageFailure: the profile is not configured.
    """
    try:
        return boto3.Session(profile_name=profile, region_name=region, botocore_session=bounded(BotocoreSession()))
    except ProfileNotFound as error:
        raise UsageFailure(str(error)) from error


def _environment(name: str) -> dict[str, Any]:
    """Return the settings that `sam` itself would use."""
    file = next((path for path in (Path("samconfig.toml"), ROOT / "samconfig.toml") if path.exists()), None)
    if file is None:
        raise UsageFailure("no samconfig.toml here")
    config = tomllib.loads(file.read_text())
    if name not in config or not isinstance(config[name], dict):
        known = ", ".join(key for key, value in config.items() if isinstance(value, dict))
        raise UsageFailure(f"{file} has no environment {name}, only {known}")
    return settings_of(config[name])


def settings_of(environment: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with which `sam deploy` would deploy an environment of `samconfig.toml`."""
    parts = [environment.get(part, {}).get("parameters", {}) for part in ("global", "deploy")]
    return {key: value for part in parts for key, value in part.items()}
