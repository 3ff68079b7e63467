"""The definition of the state machine: its graph, its names, and what it hands to whom."""

import ast
import importlib
import re

import pytest

from sagakit.step import Compensation, Forward
from sagas import ORDER
from tests.support.lambdas import handler
from tests.support.template import ROOT, definition, resources, tasks
from tests.template.graph import DECISION, forward, function, participant, undoing
from tests.template.source import modules

STATES = definition()["States"]
SAGA = resources("AWS::Serverless::StateMachine")["OrderSaga"]["Properties"]


def test_the_placeholders_are_those_that_the_template_substitutes_each_by_its_own_function() -> None:
    text = (ROOT / SAGA["DefinitionUri"]).read_text()
    placeholders = set(re.findall(r"\$\{(\w+)\}", text))
    assert SAGA["DefinitionSubstitutions"] == {name: {"Fn::GetAtt": [name, "Arn"]} for name in placeholders}
    assert placeholders <= set(resources("AWS::Serverless::Function"))


@pytest.mark.parametrize("name", tasks())
def test_one_stem_names_state_function_handler_sample_event_and_tests(name: str) -> None:
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    entry_point = function(name)["Handler"].rpartition(".")[2]
    assert STATES[name]["Arguments"]["FunctionName"] == f"${{{name}Function}}"
    assert callable(handler(f"{name}Function"))
    assert stem.startswith(f"{entry_point}_")
    assert (ROOT / "events" / f"{stem}.json").is_file()
    assert (ROOT / "tests" / "unit" / participant(name) / f"test_{entry_point}.py").is_file()


def test_confirming_is_the_last_forward_task_and_the_steps_of_the_table_stand_before_it() -> None:
    assert forward() == [*(step.state for step in ORDER.forward), "ConfirmOrder"]


def test_failing_is_the_last_task_of_the_way_back_and_the_compensations_stand_before_it() -> None:
    assert undoing() == [DECISION, *(each.state for each in ORDER.compensations), "FailOrder"]


@pytest.mark.parametrize("made", [*ORDER.forward, *ORDER.compensations], ids=lambda made: str(made.state))
def test_the_function_of_a_state_is_made_by_the_declaration_of_that_state(made: Forward | Compensation) -> None:
    module, _, entry_point = function(made.state)["Handler"].rpartition(".")
    (handler,) = [each for each in modules()[module].body if getattr(each, "name", "") == entry_point]
    assert isinstance(handler, ast.FunctionDef)
    (decorator,) = handler.decorator_list
    declaration = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
    assert getattr(importlib.import_module(module), declaration) is made


@pytest.mark.parametrize("name", [DECISION, "FailOrder"])
def test_a_way_back_that_breaks_ends_visibly(name: str) -> None:
    last = STATES[name]["Catch"][-1]
    assert STATES[last["Next"]]["Type"] == "Fail"
    assert last["Output"] == "{% $states.errorOutput %}"
