"""The installation, up to where it would use a package registry."""

import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.build import build_wheel

from saga.engine.project import ROOT

TOOLS = ("cat", "cmp", "dirname", "mkdir", "sed", "sh")
SCRIPTS = '[project.scripts]\nsaga = "saga.cli.app:app"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("scripts", "requirements", "bin"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "scripts" / "install", tmp_path / "scripts")
    for lock in ("dev", "engine"):
        (tmp_path / "requirements" / f"{lock}.txt").write_text(f"{lock}==1\n")
    (tmp_path / "pyproject.toml").write_text(SCRIPTS)
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    return tmp_path


def install(project: Path) -> subprocess.CompletedProcess[str]:
    script, path = project / "scripts" / "install", project / "bin"
    return subprocess.run([script], env={"PATH": str(path)}, capture_output=True, text=True, check=False)  # noqa: S603


def python(project: Path, name: str, body: str) -> None:
    program = project / "bin" / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def test_without_the_right_python_it_says_so_in_one_line(project: Path) -> None:
    python(project, "python3.13", "exit 127")  # a version manager's shim that has no such version
    python(project, "python3", "exit 1")  # another version
    ended = install(project)
    assert ended.returncode == 2
    assert ended.stderr == ("order-saga needs Python 3.13 on PATH; none of python3.13, python3 and python is it\n")


def test_when_both_environments_match_their_locks_it_does_nothing(project: Path) -> None:
    for environment, lock in ((".venv", "dev"), (".venv-engine", "engine")):
        (project / environment).mkdir()
        (project / environment / "made-of").write_text(f"{project}\n{lock}==1\n{SCRIPTS}")
    ended = install(project)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("stale", ["dev==2\n", "dev==1\nmore==1\n"])
def test_a_changed_lock_makes_it_look_for_python(project: Path, stale: str) -> None:
    test_when_both_environments_match_their_locks_it_does_nothing(project)
    (project / "requirements" / "dev.txt").write_text(stale)
    assert install(project).returncode == 2


def test_an_environment_that_was_moved_is_rebuilt(project: Path) -> None:
    test_when_both_environments_match_their_locks_it_does_nothing(project)
    (project / ".venv" / "made-of").write_text(f"/elsewhere\ndev==1\n{SCRIPTS}")
    assert install(project).returncode == 2


def test_an_environment_whose_command_lacks_a_module_is_rebuilt(project: Path) -> None:
    test_when_both_environments_match_their_locks_it_does_nothing(project)
    with (project / "pyproject.toml").open("a") as settings:
        settings.write('\n[tool.hatch.build.targets.wheel]\npackages = ["saga", "functions/product.py"]\n')
    assert install(project).returncode == 2


def test_the_command_brings_one_module_of_the_functions_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    names = ZipFile(tmp_path / build_wheel(str(tmp_path))).namelist()
    assert [name for name in names if not name.startswith(("saga/", "order_saga-"))] == ["product.py"]
