"""The real command `saga` as a process, on the tests' engine."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saga.engine.project import BIN

PATIENCE = 120  # seconds


@dataclass(frozen=True)
class Command:
    """Runs `saga` in a directory, with the engine in `engine_home`."""

    engine_home: Path
    directory: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables that it gets, and no others."""
        return environment(self.engine_home, self.directory)

    def __call__(self, *arguments: str, stderr: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
        """Run it."""
        return subprocess.run(  # noqa: S603 - our own command
            [BIN / "saga", *arguments],
            env=self.environment,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        """Run it with --json and return its output."""
        return json.loads(self(*arguments, "--json").stdout)


def environment(engine_home: Path, home: Path) -> dict[str, str]:
    """Return the variables of somebody who has no AWS account and uses the engine in `engine_home`."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "ENGINE_HOME": str(engine_home),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
