"""The definition of the state machine: its graph, its names, and the input of its functions."""

import ast
import importlib
import re

import pytest

from sagakit.saga import Saga, sagas
from sagakit.step import Compensation, Forward
from tests.support.lambdas import handler
from tests.support.template import ROOT, resources
from tests.template.graph import MACHINES, forward, function, machine, participant, tasks, undoing
from tests.template.source import modules

STATES = tasks()
FUNCTIONS = resources("AWS::Serverless::Function")
EACH_MACHINE = pytest.mark.parametrize("saga", MACHINES, ids=lambda saga: str(saga.name))
DECLARED = dict.fromkeys(each for saga in sagas().values() for each in (*saga.forward, *saga.compensations))


def test_each_saga_of_a_state_machine_has_one_and_no_state_machine_is_left_over() -> None:
    assert [machine(saga.name) for saga in MACHINES] == list(resources("AWS::Serverless::StateMachine"))


@EACH_MACHINE
def test_the_template_substitutes_each_placeholder_with_the_function_of_that_name(saga: Saga) -> None:
    properties = resources("AWS::Serverless::StateMachine")[machine(saga.name)]["Properties"]
    placeholders = set(re.findall(r"\$\{(\w+)\}", (ROOT / properties["DefinitionUri"]).read_text()))
    functions = {name: {"Fn::GetAtt": [name, "Arn"]} for name in placeholders - {"Partition"}}
    assert properties["DefinitionSubstitutions"] == {"Partition": {"Ref": "AWS::Partition"}, **functions}
    assert set(functions) <= set(FUNCTIONS)


@pytest.mark.parametrize("name", tasks())
def test_a_task_invokes_lambda_in_any_partition_of_aws(name: str) -> None:
    assert STATES[name]["Resource"] == "arn:${Partition}:states:::lambda:invoke"


def test_no_name_of_a_resource_is_bound_to_one_partition() -> None:
    bound = re.compile(r"arn:aws[\w-]*:")
    files = [ROOT / "template.yaml", *(ROOT / "statemachine").glob("*.asl.json")]
    assert not [file.name for file in files if bound.search(file.read_text())]


@pytest.mark.parametrize("name", tasks())
def test_state_function_handler_sample_event_and_tests_share_one_verb(name: str) -> None:
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    entry_point = function(name)["Handler"].rpartition(".")[2]
    assert STATES[name]["Arguments"]["FunctionName"] == f"${{{name}Function}}"
    assert callable(handler(f"{name}Function"))
    assert stem.partition("_")[0] == entry_point.partition("_")[0]
    assert (ROOT / "events" / f"{stem}.json").is_file()
    assert (ROOT / "tests" / "unit" / participant(name) / f"test_{entry_point}.py").is_file()


@EACH_MACHINE
def test_confirming_comes_last_after_the_steps_of_the_table(saga: Saga) -> None:
    assert forward(saga) == [*(step.state for step in saga.forward), saga.name_for("Confirm{}")]


@EACH_MACHINE
def test_failing_comes_last_after_the_compensations_and_without_any_there_is_no_way_back(saga: Saga) -> None:
    back = [each.state for each in saga.compensations]
    assert undoing(saga) == ([saga.name_for("Cancel{}"), *back, saga.name_for("Fail{}")] if back else [])


@pytest.mark.parametrize("declared", DECLARED, ids=lambda each: str(each.state))
def test_the_declaration_of_a_state_creates_its_handler(declared: Forward | Compensation) -> None:
    module, _, entry_point = function(declared.state)["Handler"].rpartition(".")
    (handler,) = [each for each in modules()[module].body if getattr(each, "name", "") == entry_point]
    assert isinstance(handler, ast.FunctionDef)
    (decorator,) = handler.decorator_list
    declaration = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
    assert getattr(importlib.import_module(module), declaration) is declared
