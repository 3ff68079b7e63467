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

    def __call__(self, *arguments: str, stderr: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
        """Run it."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.directory),
            "ENGINE_HOME": str(self.engine_home),
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        return subprocess.run(  # noqa: S603 - our own command
            [BIN / "saga", *arguments],
            env=environment,
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
