"""The functions' package: it has everything that they import, and steps start without heavy imports."""

import json
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions, version

import pytest

from tests.support.template import ROOT, resources, tasks
from tests.template.graph import function
from tests.template.source import SOURCES, imports, modules

OURS = {name.partition(".")[0] for name in modules()}
RUNTIME = {"boto3", "botocore"}  # included in Lambda's Python runtime
LOCKED = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (SOURCES / "requirements.txt").read_text(), re.MULTILINE))
WANTED = re.findall(r"^([\w-]+)", (ROOT / "requirements" / "functions.in").read_text(), re.MULTILINE)
HEAVY = {"pydantic", "aws_lambda_powertools.event_handler"}
STEPS = sorted({function(name)["Handler"].rpartition(".")[0] for name in tasks()})


def third_party() -> set[str]:
    imported = {each.partition(".")[0] for module in modules() for each in imports(module)}
    return imported - set(sys.stdlib_module_names) - OURS - RUNTIME


def packages_of(imported: str) -> set[str]:
    return {name.lower().replace("_", "-") for name in packages_distributions()[imported]}


@cache
def loaded(module: str) -> set[str]:
    program = f"import json, sys, {module}; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=SOURCES, check=True, capture_output=True, text=True)  # noqa: S603
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("imported", sorted(third_party()))
def test_every_import_of_the_functions_is_in_their_requirements(imported: str) -> None:
    assert packages_of(imported) <= set(LOCKED)


def test_the_functions_import_every_requirement() -> None:
    assert set(WANTED) == {package for imported in third_party() for package in packages_of(imported)}


@pytest.mark.parametrize("package", LOCKED)
def test_the_functions_are_tested_with_the_versions_that_are_deployed(package: str) -> None:
    assert version(package) == LOCKED[package]


def test_the_package_has_only_code_and_requirements() -> None:
    files = [file for file in SOURCES.rglob("*") if file.is_file() and file.parent.name != "__pycache__"]
    assert [file.name for file in files if file.suffix != ".py"] == ["requirements.txt"]


def test_the_package_leaves_out_what_the_runtime_includes() -> None:
    assert not RUNTIME & set(LOCKED)


@pytest.mark.parametrize("module", STEPS)
def test_a_step_starts_without_pydantic_and_the_event_handler(module: str) -> None:
    assert module in loaded(module)
    assert not HEAVY & loaded(module)


def test_the_api_starts_with_both_which_proves_that_the_check_detects_them() -> None:
    assert loaded("order.api") >= HEAVY


def test_every_function_is_built_from_the_same_folder() -> None:
    assert not [
        name for name, each in resources("AWS::Serverless::Function").items() if "CodeUri" in each["Properties"]
    ]


def test_reading_a_table_loads_neither_boto3_nor_powertools() -> None:
    assert not {"boto3", "aws_lambda_powertools"} & loaded("sagas")
