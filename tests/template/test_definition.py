"""The definition of the state machine: its graph, its names, and what it hands to whom."""

from __future__ import annotations

import ast
import importlib
import re
from typing import TYPE_CHECKING

import pytest

from sagas import ORDER
from tests.support.lambdas import handler
from tests.support.template import ROOT, definition, resources, tasks
from tests.template.graph import DECISION, forward, function, participant, reached, successors, undoing
from tests.template.source import modules

if TYPE_CHECKING:
    from sagakit.step import Compensation, Forward

STATES = definition()["States"]
SAGA = resources("AWS::Serverless::StateMachine")["OrderSaga"]["Properties"]


def test_it_starts_at_a_state() -> None:
    assert definition()["StartAt"] in STATES


def test_every_next_and_every_catch_leads_to_a_state_that_exists() -> None:
    assert {target for state in STATES.values() for target in successors(state)} <= set(STATES)


def test_every_state_can_be_reached() -> None:
    assert reached(definition()) == set(STATES)


def test_it_ends_nowhere_but_in_a_succeed_or_a_fail() -> None:
    assert {state["Type"] for state in STATES.values() if not successors(state)} == {"Succeed", "Fail"}
    assert all("End" not in state for state in STATES.values())


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


def test_what_is_done_first_is_undone_last() -> None:
    assert [each.undoes.state for each in ORDER.compensations] == forward()[-2::-1]


@pytest.mark.parametrize("made", [*ORDER.forward, *ORDER.compensations], ids=lambda made: str(made.state))
def test_the_function_of_a_state_is_made_by_the_declaration_of_that_state(made: Forward | Compensation) -> None:
    module, _, entry_point = function(made.state)["Handler"].rpartition(".")
    (handler,) = [each for each in modules()[module].body if getattr(each, "name", "") == entry_point]
    assert isinstance(handler, ast.FunctionDef)
    (decorator,) = handler.decorator_list
    declaration = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
    assert getattr(importlib.import_module(module), declaration) is made


@pytest.mark.parametrize("name", forward())
def test_a_forward_task_that_fails_leads_to_the_decision_and_says_why(name: str) -> None:
    assert {rule["Next"] for rule in STATES[name]["Catch"]} == {DECISION}
    assert all(rule["Assign"] == {"error": "{% $states.errorOutput %}"} for rule in STATES[name]["Catch"])


@pytest.mark.parametrize("name", undoing()[1:-1])
def test_a_compensation_given_up_is_noted_under_its_name_and_the_rest_is_undone_all_the_same(name: str) -> None:
    (rule,) = STATES[name]["Catch"]
    assert rule["Next"] == STATES[name]["Next"]
    assert f"'{name}': $states.errorOutput.Error" in rule["Assign"]["failures"]


@pytest.mark.parametrize("name", [DECISION, "FailOrder"])
def test_a_way_back_that_breaks_ends_visibly(name: str) -> None:
    last = STATES[name]["Catch"][-1]
    assert STATES[last["Next"]]["Type"] == "Fail"
    assert last["Output"] == "{% $states.errorOutput %}"
