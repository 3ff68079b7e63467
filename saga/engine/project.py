"""The project's own files and tools."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from saga.engine.background import tail
from saga.failures import Failure, TimedOut

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
ENGINE_BIN = ROOT / ".venv-engine" / "bin"
ENGINE_HOME = Path(os.environ.get("ENGINE_HOME", ROOT / ".engine"))
_LONGEST = 600  # seconds: SAM itself would wait for hours if the engine hangs meanwhile
# SAM then expands Fn::ForEach; for a template outside the project it doesn't read samconfig.toml, which says so too.
_LOOPS = {"SAM_CLI_ENABLE_LANGUAGE_EXTENSIONS": "1"}


def search_path(first: Path) -> str:
    """Return a PATH on which programs in `first` take precedence."""
    return f"{first}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def sam(*arguments: str, log: Path, environment: Mapping[str, str]) -> None:
    """Run `sam` in the project's folder, with its output in `log`. It finds no AWS account but that in `environment`.

    Raises:
        Failure: it fails, or takes too long. The message has the end of its output.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    try:
        with log.open("wb") as output:
            ended = subprocess.run(  # noqa: S603 - the project's own sam, no shell
                [BIN / "sam", *arguments],
                cwd=ROOT,
                env={**inherited, "PATH": search_path(BIN), "SAM_CLI_TELEMETRY": "0", **_LOOPS, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=_LONGEST,
            )
    except subprocess.TimeoutExpired as error:
        raise TimedOut(f"sam {arguments[0]} did not end in {_LONGEST} s; the end of {log}:\n{tail(log)}") from error
    if ended.returncode:
        raise Failure(f"sam {arguments[0]} failed; the end of {log}:\n{tail(log)}")
