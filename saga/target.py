"""Which stack a command is about: the engine's when that runs, or one on AWS, by `samconfig.toml` or by flags."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saga.engine.process import Engine
from saga.failure import Unreachable, UsageFailure
from saga.project import ENGINE_HOME, ROOT
from saga.stack import Stack

DEFAULT_STACK = "order-saga-dev"
_NO_ENGINE = "the engine is not running; start it: make up; or name a stack on AWS: --config-env default"


@dataclass(frozen=True)
class Target:
    """What the flags said. `config_env` and `profile` mean AWS; without them it is the engine when that runs."""

    config_env: str | None = None
    stack: str | None = None
    region: str | None = None
    profile: str | None = None

    @property
    def flags(self) -> list[str]:
        """The same as flags of a command."""
        named = {"config-env": self.config_env, "stack": self.stack, "region": self.region, "profile": self.profile}
        return [part for name, value in named.items() if value for part in (f"--{name}", value)]

    def load(self) -> Stack:
        """Reads the stack. Raises Unreachable when it does not answer or is none of ours, UsageFailure for an
        environment that `samconfig.toml` does not have.
        """
        engine = Engine(ENGINE_HOME)
        if not (self.config_env or self.profile) and engine.is_running():
            return self._on_engine()
        if not (self.config_env or self.profile or self.stack):
            raise Unreachable(_NO_ENGINE)
        return self._on_aws()

    def _on_engine(self) -> Stack:
        engine = Engine.running_at(ENGINE_HOME)
        return Stack.load(engine.session(self.region), self.stack or DEFAULT_STACK, engine.endpoint)

    def _on_aws(self) -> Stack:
        from saga.aws import session  # noqa: PLC0415 - boto3 costs half a second

        settings = _environment(self.config_env) if self.config_env else {}
        name = self.stack or settings.get("stack_name", DEFAULT_STACK)
        return Stack.load(session(self.profile or settings.get("profile"), self.region or settings.get("region")), name)


def _environment(name: str) -> dict[str, Any]:
    """The settings that `sam` itself would use. Raises UsageFailure when there is no such environment."""
    file = next((path for path in (Path("samconfig.toml"), ROOT / "samconfig.toml") if path.exists()), None)
    if file is None:
        raise UsageFailure("there is no samconfig.toml here")
    config = tomllib.loads(file.read_text())
    if name not in config or not isinstance(config[name], dict):
        known = ", ".join(key for key, value in config.items() if isinstance(value, dict))
        raise UsageFailure(f"{file} has no environment {name}; it has {known}")
    parts = [config[name].get(part, {}).get("parameters", {}) for part in ("global", "deploy")]
    return {key: value for part in parts for key, value in part.items()}
