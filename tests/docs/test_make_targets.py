"""Every documented call of `make` works: on a copy of the repository, with a small size where a run takes minutes."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.docs.commands import SETTING, command_lines
from tests.docs.following import copied
from tests.docs.test_commands_in_docs import PAGES
from tests.support.template import ROOT

# By what they do here: how many schedules are run is no difference, nor is the stack of tests that are only collected.
SETTINGS = ("N=", "WORKFLOW_TYPE=", "STATUS_RULE=")
CALLS = sorted(
    {
        tuple(word for word in words if not word.startswith(SETTINGS))
        for page in PAGES
        for program, *words in command_lines(page.read_text())
        if program == "make"
    }
)
ON_AWS = {"deploy", "remove", "stack-info"}  # and any call with a STAGE
ENGINE = (ROOT / "tests" / "e2e" / "test_up_and_down.py").read_text()
CI = "".join((ROOT / file).read_text() for file in (".ci/run", ".github/workflows/ci.yml"))
SMALL = ("N=2", "ARGS=--help")
COLLECT = {"PYTEST_ADDOPTS": "--collect-only -q -p no:cacheprovider"}


def targets(words: Sequence[str]) -> list[str]:
    """Return the targets of a call."""
    return [word for word in words if not (SETTING.fullmatch(word) or word.startswith("-"))]


def elsewhere(target: str) -> bool:
    """Return whether the target is run with the engine, or in full for every change."""
    return f'"{target}"' in ENGINE or bool(re.search(rf"\bmake {target}$", CI, re.MULTILINE))


def here() -> Iterator[tuple[str, ...]]:
    """Yield the calls that are left."""
    for words in CALLS:
        on_aws = ON_AWS.intersection(words) or any(word.startswith("STAGE=") for word in words)
        if not on_aws and not all(map(elsewhere, targets(words))):
            yield words


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository with the environment of this one."""
    home = copied(tmp_path_factory.mktemp("repository"))
    (home / ".venv").symlink_to(ROOT / ".venv")
    return home


@pytest.mark.parametrize("words", list(here()), ids=" ".join)
def test_a_documented_target_works(copy: Path, words: tuple[str, ...]) -> None:
    ended = subprocess.run(  # noqa: S603 - our own Makefile
        ["make", "-o", "install", *words, *SMALL],  # noqa: S607
        cwd=copy,
        env={**os.environ, **COLLECT},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_only_calls_for_the_engine_and_those_of_ci_are_run_elsewhere() -> None:
    elsewhere_run = {target for words in CALLS for target in targets(words) if elsewhere(target)}
    assert {"up", "down", "logs", "url", "check", "test"} <= elsewhere_run
    assert {"definition", "model", "prove", "outages"} <= {target for words in here() for target in targets(words)}
