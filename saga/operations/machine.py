"""What is missing on this machine, and the command that fixes it."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saga.engine import project
from saga.failures import Silent
from saga.graph import render
from saga.graph.formats import FontError, to_png

_SAMPLE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_TIMEOUT = 20  # seconds for an interpreter to answer


@dataclass(frozen=True)
class Finding:
    """What was checked, what was found, and how to fix it.

    If it is not `needed`, only some uses miss it. If it is `silent`, it did not answer in time.
    """

    name: str
    ok: bool
    needed: bool
    found: str
    fix: str
    silent: bool = False

    @classmethod
    def of_failure(cls, name: str, error: Exception, fix: str, *, needed: bool = True) -> "Finding":
        """Return the finding that a check failed."""
        return cls(name, ok=False, needed=needed, found=str(error), fix=fix, silent=isinstance(error, Silent))

    @property
    def json(self) -> dict[str, Any]:
        """The finding for programs, with its fix if one is needed."""
        fix = {} if self.ok else {"cure": self.fix}
        return {"name": self.name, "well": self.ok, "needed": self.needed, "found": self.found, **fix}


def tools(*, needed: bool) -> Iterator[Finding]:
    """Check Python and the two environments."""
    version = ".".join(map(str, sys.version_info[:3]))
    fix = "install Python 3.13, which the functions need; then make install"
    yield Finding("Python", sys.version_info[:2] == (3, 13), needed, version, fix)
    yield _environment("tools", project.BIN, ("boto3", "samcli"), needed=needed)
    yield _environment("engine's tools", project.ENGINE_BIN, ("boto3", "ministack"), needed=needed)


def pictures() -> Iterator[Finding]:
    """Check what drawing and the tests of the console need."""
    try:
        to_png(render(_SAMPLE))
        missing = ""
    except FontError as error:
        missing = str(error)
    fix = "apt-get install fonts-dejavu-core"
    yield Finding("font for PNG", ok=not missing, needed=True, found=missing or "found", fix=fix)
    browser = next(filter(None, map(shutil.which, _BROWSERS)), "")
    fix = "apt-get install chromium"
    yield Finding("browser for tests", ok=bool(browser), needed=False, found=browser or "not found", fix=fix)


def samconfig(*, needed: bool) -> Finding:
    """Check the file that names the stacks on AWS."""
    file = project.ROOT / "samconfig.toml"
    environments = []
    try:
        settings = tomllib.loads(file.read_text())
        environments = [name for name, value in settings.items() if isinstance(value, dict)]
        found = f"{file}: {', '.join(environments) or 'no environment'}"
    except (OSError, ValueError) as error:
        found = str(error)
    return Finding("samconfig", bool(environments), needed, found, "git checkout samconfig.toml")


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
