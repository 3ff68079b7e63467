"""Where the errors of a saga that only goes forward lead: to a pause, and from there to an operator."""

import pytest

from sagakit.errors import SagaCancelled, StepIncomplete, UnknownSaga
from sagakit.step import Forward
from sagas import RETURN
from tests.support import template
from tests.support.asl import Json, Outcome, run
from tests.template.graph import failing, forward, reached

CONFIRM, PAUSE = RETURN.name_for("Confirm{}"), RETURN.name_for("Pause{}")
PAUSED, FAILED = map(RETURN.name_for, ("{}Paused", "{}Failed"))
DEFINITION = template.definition(RETURN.name)
FINAL = [(step, error.__name__) for step in RETURN.forward for error in step.final]
each_step = pytest.mark.parametrize("step", RETURN.forward, ids=lambda step: str(step.state))


def executed(**errors: str) -> tuple[Outcome, dict[str, Json]]:
    """Run an execution whose functions fail by state; return also what they are called with."""
    call, payloads = failing(**errors)
    return run(DEFINITION, {"orderId": "return-1"}, call), payloads


def test_every_state_can_be_reached_and_none_undoes_anything() -> None:
    states = {*forward(RETURN), PAUSE, PAUSED, FAILED, StepIncomplete.__name__}
    assert reached(DEFINITION) == set(DEFINITION["States"]) == states


def test_without_errors_it_ends_as_confirmed() -> None:
    outcome, _ = executed()
    assert (outcome.path, outcome.status) == (forward(RETURN), "SUCCEEDED")
    assert outcome.output == {"orderId": "return-1", "status": "CONFIRMED"}


@pytest.mark.parametrize("state", forward(RETURN))
@pytest.mark.parametrize("error", ["TransientError", "StillPending", "KeyError", "States.Timeout", "Lambda.Unknown"])
def test_a_technical_error_pauses_it(state: str, error: str) -> None:
    outcome, payloads = executed(**{state: error})
    assert (outcome.path[-2:], outcome.status) == ([PAUSE, PAUSED], "SUCCEEDED")
    assert payloads[PAUSE] == {"orderId": "return-1", "state": state, "error": {"Error": error, "Cause": "why"}}


@pytest.mark.parametrize(("step", "error"), FINAL, ids=[f"{step.state}-{error}" for step, error in FINAL])
def test_a_final_error_is_not_tried_again_and_ends_the_execution_visibly_once_the_saga_is_parked(
    step: Forward, error: str
) -> None:
    outcome, payloads = executed(**{step.state: error, PAUSE: StepIncomplete.__name__})
    assert outcome.calls.count(f"{step.state}Function") == 1
    assert payloads[PAUSE]["error"]["Error"] == error
    assert (outcome.path[-2:], outcome.status) == ([PAUSE, StepIncomplete.__name__], "FAILED")
    assert outcome.error == StepIncomplete.__name__


@each_step
def test_a_step_that_finds_the_saga_confirmed_ends_its_execution_as_confirmed(step: Forward) -> None:
    outcome, _ = executed(**{step.state: SagaCancelled.__name__})
    assert (outcome.path[-2:], outcome.status) == ([step.state, CONFIRM], "SUCCEEDED")
    assert outcome.output == {"orderId": "return-1", "status": "CONFIRMED"}


def test_a_pause_that_fails_leaves_the_saga_to_the_sweeper() -> None:
    outcome, _ = executed(**{CONFIRM: "KeyError", PAUSE: "TransientError"})
    assert (outcome.path[-2:], outcome.status) == ([PAUSE, PAUSED], "SUCCEEDED")


def test_one_that_does_not_exist_fails_visibly() -> None:
    first = RETURN.forward[0].state
    outcome, _ = executed(**{first: UnknownSaga.__name__, PAUSE: UnknownSaga.__name__})
    assert (outcome.path[-1], outcome.status, outcome.error) == (FAILED, "FAILED", UnknownSaga.__name__)
