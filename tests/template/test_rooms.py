"""No room says another room's words, and no word has two meanings.

Words are event types, states and statuses: who needs those of another room gets them from the table, never as a string.
"""

import ast
import importlib
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


def room(module: str) -> str:
    return module.partition(".")[0]


def declared(value: object) -> Iterator[str]:
    """Give the words that something at the top of a module stands for."""
    match value:
        case Forward():
            yield from (value.state, *value.events)
        case Compensation():
            yield from (value.state, value.event)
        case type() if issubclass(value, StrEnum) and value.__name__.endswith("Status"):
            yield from value


@cache
def words() -> dict[str, str]:
    """Tell for each word the room that declares it."""
    found = {saga.started: saga.name for saga in sagas().values()}
    found |= {saga.name_for(what): KIT for saga in sagas().values() for what in DECIDED}
    for module in modules():
        for name, value in vars(importlib.import_module(module)).items():
            if name in assigned(module):
                found |= dict.fromkeys(declared(value), room(module))
    return found


def assigned(module: str) -> dict[str, str]:
    """Give what stands for each name that a module gives a value to or defines."""
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
    """Give the strings that stand in the module, but for what is said to people."""
    code = list(ast.walk(modules()[module]))
    said = {id(node.value) for node in code if isinstance(node, ast.Expr)}
    constants = [node for node in code if isinstance(node, ast.Constant) and id(node) not in said]
    return {constant.value for constant in constants if isinstance(constant.value, str)}


def test_every_room_that_takes_part_declares_something() -> None:
    assert {"inventory", "order", "payment", KIT} <= set(words().values())


@pytest.mark.parametrize("module", modules())
def test_a_module_says_no_word_that_another_room_declares(module: str) -> None:
    owners = {word: owner for word, owner in words().items() if owner != room(module)}
    may_name = {saga.started for saga in sagas().values()} if module == "sagas" else set()
    assert {word: owners[word] for word in strings(module) & owners.keys() - may_name} == {}


def test_a_constant_means_the_same_wherever_it_is_defined() -> None:
    meanings: dict[str, dict[str, str]] = {}
    for module in modules():
        for name, value in assigned(module).items():
            if name.isupper():
                meanings.setdefault(name, {})[module] = value
    assert {name: each for name, each in meanings.items() if len(set(each.values())) > 1} == {}


def test_a_table_is_named_by_one_room() -> None:
    rooms = {(text, room(module)) for module in modules() for text in strings(module) if text.endswith("_TABLE")}
    shared = {text for text, _ in rooms if sum(text == other for other, _ in rooms) > 1}
    assert shared == {"INVENTORY_TABLE"}  # the order asks the catalogue what a product costs


def test_the_kit_has_no_word_of_the_sagas_in_its_code() -> None:
    said = {text for module in modules() if room(module) == KIT for text in strings(module)}
    assert {text for text in said if any(saga in text.lower() for saga in sagas())} == {ID}


def test_nothing_imports_the_tables_and_they_know_domains_and_the_kit_only() -> None:
    assert {module for module in modules() if "sagas" in {room(each) for each in imports(module)}} == set()
    known = {tuple(each.split(".")[:2]) for each in imports("sagas")}
    assert all(owner == KIT or module == "domain" for owner, module in known)


def test_a_state_and_an_event_each_belong_to_one_step() -> None:
    for saga in sagas().values():
        states = [each.state for pair in saga.steps for each in pair]
        events = [*saga.undone_by, *(event for step in saga.forward for event in step.declared), saga.started]
        assert len(set(states)) == len(states)
        assert len(set(events)) == len(events)
