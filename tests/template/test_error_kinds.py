"""The kinds of errors, as each task retries them: refusals never, waits at fixed intervals, anything else briefly."""

import ast
from typing import Any

import pytest

from sagakit.errors import BusinessError, NotCancelling, NotWaiting, SagaCancelled, StillPending, UnknownSaga
from sagakit.step import Compensation, Forward
from tests.support.template import resources
from tests.template.graph import MACHINES, function, participant, tasks
from tests.template.source import modules, names, reachable

BUSINESS = {error.__name__ for error in BusinessError.__subclasses__() if error.__module__ in modules()}
PENDING = StillPending.__name__
OTHER = ["States.ALL"]
STEPS = [step for saga in MACHINES for step in saga.forward]
COMPENSATIONS = [each for saga in MACHINES for each in saga.compensations]


def retriers(name: str) -> list[dict[str, Any]]:
    return list(tasks()[name]["Retry"])


def waits(name: str) -> dict[str, dict[str, Any]]:
    """Return the retries between the first and the last one, by error."""
    return {error: rule for rule in retriers(name)[1:-1] for error in rule["ErrorEquals"]}


def refusals(name: str) -> set[str]:
    return set(retriers(name)[0]["ErrorEquals"])


def may_raise(name: str) -> set[str]:
    return names(function(name)["Handler"]) & BUSINESS


def created(name: str) -> set[str]:
    """Return the names of the classes that a task's code creates instances of."""
    code = [node for each in reachable(function(name)["Handler"]) for node in ast.walk(each)]
    return {ast.unparse(node.func) for node in code if isinstance(node, ast.Call)}


ASKING_AGAIN = [name for name in tasks() if PENDING in created(name)]


@pytest.mark.parametrize("name", tasks())
def test_a_task_lists_refusals_then_waits_then_any_other_error_and_retries_no_refusal(name: str) -> None:
    business, *_, other = retriers(name)
    assert UnknownSaga.__name__ in set(business["ErrorEquals"]) <= BUSINESS
    assert business["MaxAttempts"] == 0
    assert other["ErrorEquals"] == OTHER


@pytest.mark.parametrize("name", tasks())
def test_a_task_waits_for_an_effect_only_if_its_code_can_meet_one_that_is_in_progress(name: str) -> None:
    assert list(waits(name)) == ([PENDING] if name in ASKING_AGAIN else [])


def test_some_task_waits_for_an_effect() -> None:
    assert ASKING_AGAIN


@pytest.mark.parametrize("name", tasks())
def test_any_other_error_is_retried_twice_with_backoff_and_full_jitter(name: str) -> None:
    assert retriers(name)[-1] == {
        "ErrorEquals": OTHER,
        "IntervalSeconds": 1,
        "BackoffRate": 2,
        "MaxAttempts": 2,
        "JitterStrategy": "FULL",
    }


@pytest.mark.parametrize("name", ASKING_AGAIN)
def test_an_effect_that_is_in_progress_is_asked_about_four_times_at_fixed_intervals(name: str) -> None:
    pending = waits(name)[PENDING]
    assert (pending["MaxAttempts"], pending["BackoffRate"]) == (4, 1)
    assert pending["IntervalSeconds"] >= 2
    assert "JitterStrategy" not in pending  # full jitter might ask four times at once


@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step.state))
def test_a_step_lists_its_declared_refusals_or_final_errors_and_its_participant_raises_each(step: Forward) -> None:
    declared = {error.__name__ for error in (*step.refusals, *step.final)}
    assert refusals(step.state) == {*declared, SagaCancelled.__name__, UnknownSaga.__name__}
    assert declared <= created(step.state)


@pytest.mark.parametrize("compensation", COMPENSATIONS, ids=lambda each: str(each.state))
def test_a_compensation_never_retries_an_error_that_it_declares_final_and_its_participant_raises_each(
    compensation: Compensation,
) -> None:
    final = {error.__name__ for error in compensation.final}
    assert refusals(compensation.state) == {*final, NotCancelling.__name__, UnknownSaga.__name__}
    assert final <= created(compensation.state)


def test_some_compensation_and_some_step_after_a_pivot_have_a_final_error() -> None:
    assert any(each.final for each in COMPENSATIONS)
    assert any(step.final for step in STEPS)


@pytest.mark.parametrize("name", tasks())
def test_a_task_lists_no_refusal_that_its_code_cannot_raise(name: str) -> None:
    assert refusals(name) <= may_raise(name)


@pytest.mark.parametrize("owner", sorted({participant(name) for name in tasks()}))
def test_every_refusal_of_a_participant_is_listed_by_one_of_its_tasks(owner: str) -> None:
    its_tasks = [name for name in tasks() if participant(name) == owner]
    assert set().union(*map(refusals, its_tasks)) == set().union(*map(may_raise, its_tasks))


def test_every_refusal_belongs_to_a_task_except_that_of_a_resume() -> None:
    resume = resources("AWS::Serverless::Function")["ResumeOrderFunction"]["Properties"]["Handler"]
    assert BUSINESS - set().union(*map(refusals, tasks())) == {NotWaiting.__name__}
    assert NotWaiting.__name__ in names(resume)
