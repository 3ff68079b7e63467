"""The tables of the sagas: what they know, and what reading them costs."""

import ast
import subprocess
import sys
from collections import defaultdict

from sagakit.event import ID
from sagakit.saga import sagas
from tests.template.source import FUNCTIONS, imported_modules, imports, modules


def test_the_tables_know_the_domains_of_the_participants_and_the_kit_only() -> None:
    rooms = {tuple(name.split(".")[:2]) for name in imports("sagas")}
    assert all(room == "sagakit" or module == "domain" for room, module in rooms if room != "__future__")


def test_reading_a_table_loads_neither_boto3_nor_powertools() -> None:
    program = "import sagas, sys; print({'boto3', 'aws_lambda_powertools'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=FUNCTIONS, check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stdout == "set()\n"


def test_a_state_an_event_and_a_refusal_each_belong_to_one_step() -> None:
    for saga in sagas().values():
        states = [*(step.state for step in saga.forward), *(each.state for each in saga.compensations)]
        events = [*saga.undone_by, *(event for step in saga.forward for event in step.events)]
        assert len(set(states)) == len(states)
        assert len({*events, saga.started}) == len(events) + 1
        assert all(compensation.undoes is step for step, compensation in saga.steps)


def test_the_kit_reads_the_tables_by_name_and_imports_no_participant() -> None:
    rooms = {
        module.partition(".")[0]
        for name in ("sagakit.app", "sagakit.recovery.app")
        for module in imported_modules(name)
    }
    assert rooms == {"sagakit"}


def test_nothing_but_an_entry_to_the_tables_imports_them() -> None:
    rooms = {name.partition(".")[0] for name in modules() if "sagas" in {each.split(".")[0] for each in imports(name)}}
    assert rooms == set()


def test_the_kit_has_no_word_of_the_sagas_in_its_code() -> None:
    said = {text for name in modules() if name.startswith("sagakit.") for text in constants(modules()[name])}
    assert {text for text in said if any(saga in text.lower() for saga in sagas())} == {ID}


def test_a_table_is_named_by_one_room() -> None:
    rooms = defaultdict[str, set[str]](set)
    for name, module in modules().items():
        for setting in (text for text in constants(module) if text.endswith("_TABLE")):
            rooms[setting].add(name.partition(".")[0])
    # The order asks the catalogue what a product costs; the tables are read by name only, never by import.
    assert {setting for setting, of in rooms.items() if len(of) > 1} == {"INVENTORY_TABLE"}


def constants(module: ast.Module) -> set[str]:
    """Give the strings of a module but for its docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(module) if isinstance(node, documented)}
    found = {node.value for node in ast.walk(module) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return found - {text for text in docstrings if text}
