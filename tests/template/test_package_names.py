"""Packages don't repeat each other's names, and no name has two meanings.

The names are event types, states and statuses. Other packages get them from the table, never as a string.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache

import pytest

from sagakit.event import ID
from sagakit.saga import sagas
from sagakit.step import Compensation, Forward
from tests.template.source import imports, modules

DECIDED = ("Confirm{}", "Cancel{}", "Fail{}", "{}Confirmed", "{}Cancelling", "{}Failed", "{}Parked", "{}Resumed")
KIT = "sagakit"
WORD = re.compile("[A-Z]?[a-z]+")
OF_DYNAMODB = {  # its transactions, and what it returns, are no sagas
    *("TransactionConflict", "TransactionConflictException", "TransactionInProgressException"),
    "ReturnValuesOnConditionCheckFailure",
}


def package(module: str) -> str:
    return module.partition(".")[0]


def declared(value: object) -> Iterator[str]:
    """Yield the names that a top-level value declares."""
    match value:
        case Forward():
            yield from (value.state, *value.events)
        case Compensation():
            yield from (value.state, value.event)
        case type() if issubclass(value, StrEnum) and value.__name__.endswith("Status"):
            yield from value


@cache
def owners() -> dict[str, str]:
    """Return the declaring package of each name."""
    found = {saga.started: saga.name for saga in sagas().values()}
    found |= {saga.name_for(pattern): KIT for saga in sagas().values() for pattern in DECIDED}
    for module in modules():
        for name, value in vars(importlib.import_module(module)).items():
            if name in assigned(module):
                found |= dict.fromkeys(declared(value), package(module))
    return found


def assigned(module: str) -> dict[str, str]:
    """Return the source of each top-level value and class of a module, by name."""
    found: dict[str, str] = {}
    for node in modules()[module].body:
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                found |= dict(zip(map(ast.unparse, names), map(ast.unparse, values), strict=True))
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                found[name] = ast.unparse(value)
            case ast.ClassDef(name=name):
                found[name] = ast.unparse(node)
    return found


def strings(module: str) -> set[str]:
    """Return the module's string constants, without docstrings."""
    code = list(ast.walk(modules()[module]))
    docstrings = {id(node.value) for node in code if isinstance(node, ast.Expr)}
    constants = [node for node in code if isinstance(node, ast.Constant) and id(node) not in docstrings]
    return {constant.value for constant in constants if isinstance(constant.value, str)}


def test_every_package_of_a_saga_declares_names() -> None:
    assert {"inventory", "order", "payment", KIT} <= set(owners().values())


@pytest.mark.parametrize("module", modules())
def test_a_module_does_not_repeat_a_name_that_another_package_declares(module: str) -> None:
    foreign = {name: owner for name, owner in owners().items() if owner != package(module)}
    may_name = {saga.started for saga in sagas().values()} if module == "sagas" else set()
    assert {name: foreign[name] for name in strings(module) & foreign.keys() - may_name} == {}


def test_a_constant_means_the_same_wherever_it_is_defined() -> None:
    meanings: dict[str, dict[str, str]] = {}
    for module in modules():
        for name, value in assigned(module).items():
            if name.isupper():
                meanings.setdefault(name, {})[module] = name_of_a_saga(value)
    assert {name: each for name, each in meanings.items() if len(set(each.values())) > 1} == {}


def name_of_a_saga(value: str) -> str:
    """Return the source of the name if the value declares a saga; both mean the same one."""
    declared = re.match(r"Saga\(('\w+')", value)
    return declared[1] if declared else value


def test_only_one_package_names_a_table() -> None:
    uses = {(text, package(module)) for module in modules() for text in strings(module) if text.endswith("_TABLE")}
    shared = {text for text, _ in uses if sum(text == other for other, _ in uses) > 1}
    assert shared == {"INVENTORY_TABLE"}  # orders read prices from the catalogue


def test_the_kit_names_no_saga() -> None:
    texts = {text for module in modules() if package(module) == KIT for text in strings(module)}
    named = {name for saga in sagas() for name in (saga, f"{saga}s")}
    assert {text for text in texts if {word.lower() for word in WORD.findall(text)} & named} == {ID, *OF_DYNAMODB}


def test_no_module_imports_the_tables_and_they_import_only_domains_and_the_kit() -> None:
    assert {module for module in modules() if "sagas" in {package(each) for each in imports(module)}} == set()
    imported = {tuple(each.split(".")[:2]) for each in imports("sagas")}
    assert all(owner == KIT or module == "domain" for owner, module in imported)


def test_a_state_and_an_event_each_belong_to_one_step() -> None:
    for saga in sagas().values():
        states = [each.state for pair in saga.steps for each in pair]
        events = [*saga.undone_by, *(event for step in saga.forward for event in step.declared), saga.started]
        assert len(set(states)) == len(states)
        assert len(set(events)) == len(events)
