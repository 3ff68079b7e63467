"""Runs SAM's own command line and keeps what it says for when it fails."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from saga.engine.log import tail
from saga.failure import Failure
from saga.project import BIN, ROOT, search_path


def sam(*arguments: str, log: Path, environment: Mapping[str, str]) -> None:
    """Runs `sam` in the project's folder, its output going to `log`. Raises Failure with the output's end.

    It finds no AWS account but the one in `environment`.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with log.open("wb") as output:
        ended = subprocess.run(  # noqa: S603 - the project's own sam, no shell
            [BIN / "sam", *arguments],
            cwd=ROOT,
            env={**inherited, "PATH": search_path(BIN), "SAM_CLI_TELEMETRY": "0", **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode:
        raise Failure(f"sam {arguments[0]} failed; the end of {log}:\n{tail(log)}")
