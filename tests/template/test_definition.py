"""The definition of the state machine: its graph, its names, and the input of its functions."""

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


def test_the_template_substitutes_each_placeholder_with_the_function_of_that_name() -> None:
    text = (ROOT / SAGA["DefinitionUri"]).read_text()
    placeholders = set(re.findall(r"\$\{(\w+)\}", text))
    functions = {name: {"Fn::GetAtt": [name, "Arn"]} for name in placeholders - {"Partition"}}
    assert SAGA["DefinitionSubstitutions"] == {"Partition": {"Ref": "AWS::Partition"}, **functions}
    assert set(functions) <= set(resources("AWS::Serverless::Function"))


@pytest.mark.parametrize("name", tasks())
def test_a_task_invokes_lambda_in_any_partition_of_aws(name: str) -> None:
    assert STATES[name]["Resource"] == "arn:${Partition}:states:::lambda:invoke"


def test_no_name_of_a_resource_is_bound_to_one_partition() -> None:
    bound = re.compile(r"arn:aws[\w-]*:")
    assert not bound.search((ROOT / SAGA["DefinitionUri"]).read_text())
    assert not bound.search((ROOT / "template.yaml").read_text())


@pytest.mark.parametrize("name", tasks())
def test_state_function_handler_sample_event_and_tests_share_one_stem(name: str) -> None:
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    entry_point = function(name)["Handler"].rpartition(".")[2]
    assert STATES[name]["Arguments"]["FunctionName"] == f"${{{name}Function}}"
    assert callable(handler(f"{name}Function"))
    assert stem.startswith(f"{entry_point}_")
    assert (ROOT / "events" / f"{stem}.json").is_file()
    assert (ROOT / "tests" / "unit" / participant(name) / f"test_{entry_point}.py").is_file()


def test_confirming_comes_last_after_the_steps_of_the_table() -> None:
    assert forward() == [*(step.state for step in ORDER.forward), "ConfirmOrder"]


def test_failing_comes_last_after_the_compensations() -> None:
    assert undoing() == [DECISION, *(each.state for each in ORDER.compensations), "FailOrder"]


@pytest.mark.parametrize("declared", [*ORDER.forward, *ORDER.compensations], ids=lambda each: str(each.state))
def test_the_declaration_of_a_state_creates_its_handler(declared: Forward | Compensation) -> None:
    module, _, entry_point = function(declared.state)["Handler"].rpartition(".")
    (handler,) = [each for each in modules()[module].body if getattr(each, "name", "") == entry_point]
    assert isinstance(handler, ast.FunctionDef)
    (decorator,) = handler.decorator_list
    declaration = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
    assert getattr(importlib.import_module(module), declaration) is declared
