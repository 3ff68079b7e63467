"""Follows docs/adding-a-step.md on a copy of the repository."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.support.template import ROOT

PROGRAMS = Path(sys.executable).parent
COPIED = ("docs", "events", "functions", "requirements", "saga", "scripts", "statemachine", "tests", "verification")
COPIED_FILES = ("Makefile", "README.md", "pyproject.toml", "samconfig.toml", "template.yaml")
CACHE = ("--cache-dir", str(ROOT / ".mypy_cache"))  # of `make check`: most modules of a copy are the same


class Block(NamedTuple):
    """A code block of the page: a new file, or the changes of a file."""

    path: str
    kind: str
    text: str


PAGE = (ROOT / "docs" / "adding-a-step.md").read_text()
BLOCK = re.compile(r"^`(\S+)`, (new|changed):\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [Block(*found.groups()) for found in BLOCK.finditer(PAGE)]
(COMMAND,) = re.findall(r"^    saga (new step .*)$", PAGE, re.MULTILINE)


def copied(home: Path) -> Path:
    """Copy the part of the repository that the page is about."""
    for name in COPIED:
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in COPIED_FILES:
        shutil.copy(ROOT / name, home / name)
    return home


def run(home: Path, program: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this environment in the copy."""
    environment = {**os.environ, "PYTHONPATH": "functions:.", "PYTHONDONTWRITEBYTECODE": "1", **settings}
    command = [str(PROGRAMS / program), *arguments]
    return subprocess.run(command, cwd=home, env=environment, check=False, capture_output=True, text=True)  # noqa: S603


def new_step(home: Path, command: str = COMMAND) -> subprocess.CompletedProcess[str]:
    """Run the command of the page."""
    return run(home, "python", "-m", "saga", *shlex.split(command))


def follow(home: Path) -> Path:
    """Run the command, make the changes of the page, and generate the definition."""
    written = new_step(home)
    assert written.returncode == 0, written.stderr
    for block in BLOCKS:
        _write(block, home / block.path)
    generated = run(home, "python", "-m", "statemachine.generate")
    assert generated.returncode == 0, generated.stderr
    return home


def _write(block: Block, file: Path) -> None:
    if block.kind == "changed":
        file.write_text(changed(file.read_text(), block.text))
        return
    assert not file.exists(), f"{block.path} is not new"
    file.parent.mkdir(exist_ok=True)
    file.write_text(block.text)


def changed(text: str, changes: str) -> str:
    """Apply changes to a text. Each begins after a line with `@@`, which may name the line above its place."""
    _, *parts = re.split(r"^@@ ?(.*)\n", f"@@\n{changes}", flags=re.MULTILINE)
    for below, lines in zip(parts[::2], parts[1::2], strict=True):
        if lines:
            text = _changed_at(text, below, lines.splitlines())
    return text


def _changed_at(text: str, below: str, lines: list[str]) -> str:
    """Change one place: the only match, or the first match below a line."""
    assert {line[:1] for line in lines} <= {"+", "-", " ", ""}, lines
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    start = _only_place(text, rf"^ *{re.escape(below)}\n").end() if below else 0
    there = re.compile(f"^{re.escape(before)}", re.MULTILINE)
    place = there.search(text, start) if below else _only_place(text, there.pattern)
    assert place, f"not below {below}: {before}"
    return text[: place.start()] + after + text[place.end() :]


def _only_place(text: str, pattern: str) -> re.Match[str]:
    places = list(re.finditer(pattern, text, re.MULTILINE))
    assert len(places) == 1, f"{len(places)} places for {pattern}"
    return places[0]
