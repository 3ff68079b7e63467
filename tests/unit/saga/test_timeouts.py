"""Every command against an engine that hangs: it ends in time, with one line and exit code 3."""

import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from saga.cli.app import COMMANDS, app, load
from saga.cli.register import EXAMPLES
from saga.patience import PATIENCE
from tests.support.engine_home import use_engine
from tests.support.mute import Mute, mute_engine

TIMEOUT = 0.3  # seconds
IN_TIME = 30  # seconds: what a slow machine needs beside that, and far less than all retries of a request took
LOCAL = ("down", "console", "new step")  # they ask nobody: one stops processes, one serves pages, one writes code
PROGRESS = ("…", "✗", "✓")  # lines about steps that run, fail or are done


def command_lines() -> Iterator[str]:
    """Yield a line for each command that there is: its first example, or its name with something for each argument."""
    for name in [name for listed in COMMANDS.values() for name in listed]:
        yield from _lines(name, load(name))


def _lines(path: str, command: Any) -> Iterator[str]:
    if hasattr(command, "commands"):
        for name, each in command.commands.items():
            yield from _lines(f"{path} {name}", each)
        return
    function, words = command.callback, len(path.split())
    arguments = ["x" for each in command.params if each.required and not each.opts[0].startswith("-")]
    example = next(iter(EXAMPLES[f"{function.__module__}.{function.__qualname__}"]), " ".join([path, *arguments]))
    yield " ".join([path, *example.split(" ")[words:]])  # two names of one command share its examples


@pytest.fixture
def no_sockets() -> None:
    """Allow sockets: this is about them."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an engine, which all commands use; they run in another folder."""
    use_engine(tmp_path / "engine", monkeypatch)
    monkeypatch.setattr("saga.console.app.serve", lambda _, listener, *__: listener.close())
    monkeypatch.setattr(PATIENCE, "seconds", PATIENCE.seconds)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "engine"


@pytest.fixture
def hanging(home: Path) -> Iterator[Mute]:
    """Let the engine hang."""
    with mute_engine(home) as mute:
        yield mute


def run(line: str) -> Result:
    return CliRunner().invoke(app, ["--timeout", str(TIMEOUT), *shlex.split(line)])


@pytest.mark.parametrize("line", list(command_lines()))
def test_a_command_ends_in_time_if_the_engine_hangs(line: str, hanging: Mute) -> None:
    started = time.monotonic()
    ended = run(line)
    assert time.monotonic() - started < IN_TIME
    assert isinstance(ended.exception, SystemExit | None)
    errors = [each for each in ended.stderr.splitlines() if not each.startswith(PROGRESS)]
    if line.startswith(LOCAL):
        assert hanging.connections == []
        return
    assert (ended.exit_code, len(errors)) == (3, 1), ended.stderr
    assert f"has not answered for {TIMEOUT} s" in errors[0]
