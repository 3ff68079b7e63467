"""The functions' package: it has everything that they import, and steps start without heavy imports."""

import json
import re
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions, version

import pytest

from tests.support.template import ROOT, resources
from tests.template.source import SOURCES, imports, modules

OURS = {name.partition(".")[0] for name in modules()}
RUNTIME = {"boto3", "botocore"}  # included in Lambda's Python runtime
LOCKED = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (SOURCES / "requirements.txt").read_text(), re.MULTILINE))
WANTED = re.findall(r"^([\w-]+)", (ROOT / "requirements" / "functions.in").read_text(), re.MULTILINE)
FUNCTIONS = resources("AWS::Serverless::Function")
ENTRY_MODULES = sorted({each["Properties"]["Handler"].rpartition(".")[0] for each in FUNCTIONS.values()})
# What takes long to import, and who needs it: to validate a body, or to get a batch of records.
EVENTS = "aws_lambda_powertools.utilities.data_classes"
SLOW = {"aws_lambda_powertools.event_handler", "asyncio", EVENTS, "pydantic"}
NEEDED = {
    "order.api.accepting": {"pydantic"},
    "order.api.changing": {"pydantic"},
    "sagakit.queues.worker": {"asyncio", EVENTS},
    "sagakit.relay.app": {"asyncio", EVENTS},
}
# Every module in a process of its own, forked from one that has already imported what they share.
PROGRAM = """
import importlib, json, os, sys
shared, *modules = sys.argv[1:]
importlib.import_module(shared)
for module in modules:
    if not os.fork():
        importlib.import_module(module)
        print(json.dumps([module, list(sys.modules)]))
        sys.exit()
    assert os.wait()[1] == 0, module
"""


def third_party() -> set[str]:
    imported = {each.partition(".")[0] for module in modules() for each in imports(module)}
    return imported - set(sys.stdlib_module_names) - OURS - RUNTIME


def packages_of(imported: str) -> set[str]:
    return {name.lower().replace("_", "-") for name in packages_distributions()[imported]}


@cache
def loaded(shared: str, *modules: str) -> dict[str, set[str]]:
    """Return what the import of each module loads."""
    program = [sys.executable, "-c", PROGRAM, shared, *modules]
    done = subprocess.run(program, cwd=SOURCES, check=True, capture_output=True, text=True)  # noqa: S603
    return {module: set(names) for module, names in map(json.loads, done.stdout.splitlines())}


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


@pytest.mark.parametrize("module", ENTRY_MODULES)
def test_a_function_starts_without_what_is_slow_to_import_unless_it_needs_it(module: str) -> None:
    assert loaded("boto3", *ENTRY_MODULES)[module] & SLOW == NEEDED.get(module, set())


def test_every_function_is_built_from_the_same_folder() -> None:
    assert not [name for name, each in FUNCTIONS.items() if "CodeUri" in each["Properties"]]


def test_reading_a_table_loads_neither_boto3_nor_powertools() -> None:
    assert not {"boto3", "aws_lambda_powertools"} & loaded("json", "sagas")["sagas"]
