"""The worked example of docs/adding-a-step.md, followed to the letter on a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
PYTEST = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
COPIED = ("events", "functions", "requirements", "saga", "statemachine", "tests")
COPIED_FILES = ("pyproject.toml", "samconfig.toml", "template.yaml")


class Block(NamedTuple):
    """A code block of the page: a file that is new, or what changes in one."""

    path: str
    kind: str
    text: str


PAGE = (ROOT / "docs" / "adding-a-step.md").read_text()
BLOCK = re.compile(r"^`(\S+)`, (new|changed):\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [Block(*found.groups()) for found in BLOCK.finditer(PAGE)]
MODULES = [block.path for block in BLOCKS if block.path.endswith(".py")]
NEW_TESTS = [block.path for block in BLOCKS if block.kind == "new" and "/test_" in block.path]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the repository in which the page was followed."""
    home = tmp_path_factory.mktemp("repository")
    for name in COPIED:
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in COPIED_FILES:
        shutil.copy(ROOT / name, home / name)
    for block in BLOCKS:
        follow(block, home / block.path)
    return home


def follow(block: Block, file: Path) -> None:
    """Do what the block says."""
    if block.kind == "changed":
        file.write_text(changed(file.read_text(), block.text))
        return
    assert not file.exists(), f"{block.path} is not new"
    file.parent.mkdir(exist_ok=True)
    file.write_text(block.text)


def changed(text: str, changes: str) -> str:
    """Change a text, place by place; a place is what follows a line with `@@`, and the line that this one names."""
    _, *parts = re.split(r"^@@ ?(.*)\n", f"@@\n{changes}", flags=re.MULTILINE)
    for below, lines in zip(parts[::2], parts[1::2], strict=True):
        if lines:
            text = changed_at(text, below, lines.splitlines())
    return text


def changed_at(text: str, below: str, lines: list[str]) -> str:
    """Change one place, which must be the only one; below a line, it is the first."""
    assert {line[:1] for line in lines} <= {"+", "-", " ", ""}, lines
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    start = only_place(text, rf"^ *{re.escape(below)}\n").end() if below else 0
    there = re.compile(f"^{re.escape(before)}", re.MULTILINE)
    place = there.search(text, start) if below else only_place(text, there.pattern)
    assert place, f"not below {below}: {before}"
    return text[: place.start()] + after + text[place.end() :]


def only_place(text: str, pattern: str) -> re.Match[str]:
    places = list(re.finditer(pattern, text, re.MULTILINE))
    assert len(places) == 1, f"{len(places)} places for {pattern}"
    return places[0]


def run(home: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of this environment in the copy."""
    environment = {**os.environ, "PYTHONPATH": "functions", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(PROGRAMS / program), *arguments]
    return subprocess.run(command, cwd=home, env=environment, check=False, capture_output=True, text=True)  # noqa: S603


def passes(home: Path, program: str, *arguments: str) -> bool:
    done = run(home, program, *arguments)
    print(done.stdout, done.stderr)  # pytest shows it, if the test fails
    return done.returncode == 0


def test_every_block_says_which_file_it_is() -> None:
    assert len(re.findall("^```", PAGE, re.MULTILINE)) == 2 * len(BLOCKS)


@pytest.mark.parametrize("check", [("check",), ("format", "--check")], ids=["lint", "format"])
def test_what_the_page_writes_is_clean(copy: Path, check: tuple[str, ...]) -> None:
    assert passes(copy, "ruff", *check, "--no-cache", *MODULES)


def test_what_the_page_writes_is_typed(copy: Path) -> None:
    assert passes(copy, "mypy", *MODULES)


def test_the_imports_of_the_new_participant_are_kept_in_order(copy: Path) -> None:
    assert passes(copy, "lint-imports", "--no-cache")


def test_the_changed_template_is_valid(copy: Path) -> None:
    assert passes(copy, "cfn-lint", "template.yaml")


def test_the_changed_saga_passes_the_tests_of_the_page_of_the_template_and_of_the_saga(copy: Path) -> None:
    assert NEW_TESTS
    # Of the faults at every task only those at the new ones, which takes a quarter of the time.
    assert passes(copy, *PYTEST, *NEW_TESTS, "tests/template", "tests/saga", "-k", "Shipment or not test_faults")


def test_the_tests_of_the_page_notice_a_compensation_that_does_not_look_twice(copy: Path) -> None:
    store = copy / "functions" / "shipping" / "store.py"
    careful, look = store.read_text(), " if booked else outbox.absent(order_id, BOOKED, meanwhile),"
    assert careful.count(look) == 1
    store.write_text(careful.replace(f"_mark_voided(order_id){look}", "*([_mark_voided(order_id)] if booked else []),"))
    try:
        done = run(copy, *PYTEST, "tests/unit/shipping/test_void.py", "-k", "while_the_history_was_read")
    finally:
        store.write_text(careful)
    assert re.search("DID NOT RAISE .*TransientError", done.stdout), done.stdout
