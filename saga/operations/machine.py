"""What is missing on this machine: interpreters, tools, the engine, a font."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path

from saga import project
from saga.engine.process import Engine
from saga.failure import Failure
from saga.graph import FontError, render, to_png
from saga.http import call
from saga.operations.finding import Finding

_INSTALL = "make install"
_TRIAL = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_SECONDS = 20  # for an interpreter to say something


def tools(*, needed: bool) -> Iterator[Finding]:
    """Python, and what is installed into the two virtual environments."""
    found = ".".join(map(str, sys.version_info[:3]))
    ours = sys.version_info[:2] == (3, 13)
    yield Finding("Python", ours, needed, found, "install Python 3.13, which the functions run on; then make install")
    yield _environment("tools", project.BIN, ("boto3", "samcli"), needed=needed)
    yield _environment("engine's tools", project.ENGINE_BIN, ("awslambdaric", "ministack"), needed=needed)


def engine(*, needed: bool) -> Iterator[Finding]:
    """Whether the engine runs, and whether it answers."""
    running = engine_runs()
    yield Finding("engine", running, needed, "running" if running else "not running", "make up")
    if running:
        yield _answering(needed=needed)


def engine_runs() -> bool:
    """Whether this project's engine runs; it may not answer."""
    return Engine(project.ENGINE_HOME).is_running()


def pictures() -> Iterator[Finding]:
    """Draws a picture: without a font its text would be lost. A browser is for the tests only."""
    try:
        to_png(render(_TRIAL))
    except FontError as error:
        yield Finding("font for PNG", False, True, str(error), "apt-get install fonts-dejavu-core")  # noqa: FBT003
    else:
        yield Finding("font for PNG", True, True, "found", "")  # noqa: FBT003
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    yield Finding("browser for tests", bool(browser), False, browser or "none", "apt-get install chromium")  # noqa: FBT003


def _environment(name: str, programs: Path, modules: Sequence[str], *, needed: bool) -> Finding:
    """Has the interpreter itself say which modules it does not find: it may be a link that leads nowhere."""
    ask = f"from importlib.util import find_spec as f; print(*(m for m in {modules!r} if not f(m)))"
    try:
        ended = subprocess.run(  # noqa: S603 - the project's own interpreter, no shell
            [programs / "python", "-c", ask], capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(name, well=False, needed=needed, found=str(error), cure=_INSTALL)
    missing = ended.stdout.strip() or ended.stderr.strip()
    return Finding(name, not missing, needed, f"without {missing}" if missing else str(programs.parent), _INSTALL)


def _answering(*, needed: bool) -> Finding:
    try:
        endpoint = Engine.running_at(project.ENGINE_HOME).endpoint
        answered, _ = call(f"{endpoint}/_ministack/health")
    except Failure as failure:
        return Finding("engine's answer", well=False, needed=needed, found=str(failure), cure="make down up")
    return Finding("engine's answer", answered == HTTPStatus.OK, needed, f"{answered} from {endpoint}", "make down up")
