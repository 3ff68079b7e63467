"""Artefacts are named after their content."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from saga.engine import artefact
from saga.engine.warm import attach


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    built = tmp_path / "built"
    (built / "order").mkdir(parents=True)
    (built / "order" / "app.py").write_text("def place(): ...")
    return built


@pytest.fixture
def into(tmp_path: Path) -> Path:
    artefacts = tmp_path / "artefacts"
    artefacts.mkdir()
    return artefacts


def test_the_same_content_gives_the_same_package(folder: Path, into: Path) -> None:
    assert artefact.function_package(folder, into) == artefact.function_package(folder, into)
    assert len(list(into.iterdir())) == 1


def test_changed_content_gives_a_different_package(folder: Path, into: Path) -> None:
    before = artefact.function_package(folder, into)
    (folder / "order" / "app.py").write_text("def place(): return 1")
    assert artefact.function_package(folder, into) != before


def test_content_that_moves_to_another_file_gives_a_different_package(folder: Path, into: Path) -> None:
    before = artefact.function_package(folder, into)
    (folder / "order" / "app.py").rename(folder / "order" / "api.py")
    assert artefact.function_package(folder, into) != before


def test_a_package_has_the_code_but_no_bytecode(folder: Path, into: Path) -> None:
    (folder / "order" / "app.pyc").write_bytes(b"")
    with zipfile.ZipFile(artefact.function_package(folder, into)) as package:
        assert sorted(package.namelist()) == ["bootstrap", "order/app.py"]
        assert package.read("order/app.py") == b"def place(): ..."


def test_a_package_starts_with_the_interpreter_of_the_engine(folder: Path, into: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(artefact.function_package(folder, into)) as package:
        assert package.getinfo("bootstrap").external_attr >> 16 & 0o111 == 0o111
        bootstrap = Path(package.extract("bootstrap", tmp_path))
    bootstrap.chmod(0o755)
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    started = subprocess.run([bootstrap], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True)  # noqa: S603
    assert started.stdout == f"-I -S {attach.__file__}\n"


def test_a_copy_is_named_after_its_content_and_its_name(into: Path, tmp_path: Path) -> None:
    definition = tmp_path / "saga.asl.json"
    definition.write_text("{}")
    before = artefact.copy(definition, into)
    definition.write_text('{"StartAt": "A"}')
    after = artefact.copy(definition, into)
    assert before != after
    assert after.name.endswith("-saga.asl.json")
    assert after.read_text() == '{"StartAt": "A"}'


def test_a_digest_of_sources_covers_files_and_folders(folder: Path, tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("a")
    digests = {artefact.digest_of(template, folder)}
    template.write_text("b")
    digests.add(artefact.digest_of(template, folder))
    (folder / "new.py").write_text("")
    digests.add(artefact.digest_of(template, folder))
    assert len(digests) == 3
