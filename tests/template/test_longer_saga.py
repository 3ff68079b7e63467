"""The definition that is generated for a longer saga, executed with errors in every state."""

import pytest

from statemachine import policies
from statemachine.policies import Policy, Retry
from statemachine.states import definition
from tests.support.asl import Json, Outcome, TaskFailed, run
from tests.template.graph import reached
from tests.template.longer_saga import PAUSE, RETURN, STEPS, WAY_BACK

BRIEFLY = 3  # calls: the first, and two retries


def executed(**errors: str) -> Outcome:
    """Run an execution whose functions fail, by state."""

    def call(function: str, _payload: Json) -> Json:
        state = function.removesuffix("Function")
        if state in errors:
            raise TaskFailed(errors[state])
        return {"reason": "OutOfLuck", "message": ""}

    return run(definition(RETURN), {"orderId": "return-1"}, call)


def test_every_state_of_a_longer_saga_can_be_reached() -> None:
    expected = {*STEPS, *WAY_BACK, *PAUSE, "CompensationIncomplete"}
    assert reached(definition(RETURN)) == set(definition(RETURN)["States"]) == expected


@pytest.mark.parametrize("state", STEPS)
def test_a_longer_saga_is_undone_in_the_opposite_order_wherever_it_is_cancelled(state: str) -> None:
    outcome = executed(**{state: "SagaCancelled"})
    assert (outcome.path, outcome.error) == ([*STEPS[: STEPS.index(state) + 1], *WAY_BACK], "OutOfLuck")


@pytest.mark.parametrize("state", STEPS)
def test_a_longer_saga_is_paused_wherever_a_technical_error_occurs(state: str) -> None:
    outcome = executed(**{state: "RuntimeError"})
    assert (outcome.path, outcome.status) == ([*STEPS[: STEPS.index(state) + 1], *PAUSE], "SUCCEEDED")


@pytest.mark.parametrize(
    ("state", "error", "calls"),
    [
        ("CheckParcel", "Missing", 1),
        ("MailCustomer", "Missing", BRIEFLY),
        ("MailCustomer", "StillPending", BRIEFLY),
        ("PayOut", "StillPending", 5),
        ("PayOut", "TransientError", BRIEFLY),
    ],
)
def test_a_refusal_is_final_for_its_step_and_only_an_effect_waits_for_its_outcome(
    state: str, error: str, calls: int
) -> None:
    assert executed(**{state: error}).calls.count(f"{state}Function") == calls


@pytest.mark.parametrize(
    ("state", "error", "calls"),
    [
        ("PutAsideParcel", "Gone", 1),
        ("ReversePayOut", "Gone", BRIEFLY),
        ("ReversePayOut", "StillPending", 5),
        ("ReversePayOut", "TransientError", BRIEFLY),
    ],
)
def test_a_final_error_is_never_retried_by_its_compensation_and_only_an_effect_waits_to_be_undone(
    state: str, error: str, calls: int
) -> None:
    outcome = executed(CheckParcel="Missing", **{state: error})
    assert outcome.calls.count(f"{state}Function") == calls
    assert outcome.path == ["CheckParcel", *WAY_BACK]


def test_a_steps_own_policy_changes_only_its_state(monkeypatch: pytest.MonkeyPatch) -> None:
    before = definition(RETURN)["States"]
    monkeypatch.setitem(policies.OWN, "MailCustomer", Policy(Retry(5, backoff=2, longest=4), timeout=6))
    after = definition(RETURN)["States"]
    assert {name for name in after if after[name] != before[name]} == {"MailCustomer"}
    changed = after["MailCustomer"]
    assert (changed["TimeoutSeconds"], changed["Retry"][-1]["MaxAttempts"]) == (6, 5)
    assert changed["Retry"][-1]["MaxDelaySeconds"] == 4
