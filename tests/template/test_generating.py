"""Generating a definition from a saga's table and the policies."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inventory.domain import RELEASE, RESERVE, InsufficientStock
from payment.domain import CHARGE, REFUND
from sagakit.errors import BusinessError
from sagakit.saga import Saga, sagas
from sagakit.step import Compensation, Effect, Step
from sagas import ORDER
from statemachine import generate, policies
from statemachine.policies import FORWARD, Retry
from statemachine.states import definition
from tests.support.asl import Invoke, Json, TaskFailed, run
from tests.support.template import ROOT
from tests.template.graph import reached


class Missing(BusinessError):
    """An item is missing from the parcel."""


CHECK = Step("CheckParcel", event="ParcelChecked", refusals={Missing: "ParcelRefused"})
PUT_ASIDE = Compensation("PutAsideParcel", event="ParcelPutAside", undoes=CHECK)
PAY_OUT = Effect("PayOut", event="PaidOut", intent="PayOutIntended", table="PAY_OUTS_TABLE", statuses={})
REVERSE = Compensation("ReversePayOut", event="PayOutReversed", undoes=PAY_OUT)
MAIL = Step("MailCustomer", event="CustomerMailed")
APOLOGIZE = Compensation("ApologizeToCustomer", event="ApologySent", undoes=MAIL)
PAIRS = ((CHECK, PUT_ASIDE), (PAY_OUT, REVERSE), (MAIL, APOLOGIZE))
REPEATED_EVENT = Step("DoIt", event="Done", refusals={InsufficientStock: "Done"})
RETURN = Saga("return", started="ReturnRequested", steps=PAIRS, execution_seconds=900, deadline_seconds=1_000)

STEPS = ["CheckParcel", "PayOut", "MailCustomer", "ConfirmReturn"]
WAY_BACK = ["CancelReturn", "ApologizeToCustomer", "ReversePayOut", "PutAsideParcel", "FailReturn", "ReturnFailed"]


def failing(state: str, error: str) -> Invoke:
    """Return functions, one of which always fails."""

    def call(function: str, _payload: Json) -> Json:
        if function == f"{state}Function":
            raise TaskFailed(error)
        return {"reason": error, "cause": ""}

    return call


def executed(state: str, error: str) -> Any:
    return run(definition(RETURN), {"orderId": "return-1"}, failing(state, error))


def test_every_state_of_a_longer_saga_can_be_reached() -> None:
    asl = definition(RETURN)
    assert reached(asl) == {*STEPS, *WAY_BACK, "ReturnConfirmed", "CompensationIncomplete"} == set(asl["States"])


@pytest.mark.parametrize("state", STEPS)
def test_a_longer_saga_is_undone_in_the_opposite_order_wherever_it_fails(state: str) -> None:
    outcome = executed(state, "RuntimeError")
    assert (outcome.path, outcome.error) == ([*STEPS[: STEPS.index(state) + 1], *WAY_BACK], "RuntimeError")


@pytest.mark.parametrize(
    ("state", "error", "calls"),
    [("CheckParcel", "Missing", 1), ("MailCustomer", "Missing", 2), ("PayOut", "IdempotencyAlreadyInProgressError", 2)],
)
def test_a_refusal_is_final_for_its_step_and_effects_wait_for_a_duplicate(state: str, error: str, calls: int) -> None:
    assert executed(state, error).calls.count(f"{state}Function") == calls


def test_a_path_that_is_too_long_is_rejected_with_a_hint_and_the_longest_states_first() -> None:
    message = r"return: the longest path takes \d+ s, .* 100 s\. Shorten .*policies.py\."
    with pytest.raises(ValueError, match=message) as error:
        definition(replace(RETURN, execution_seconds=100))
    seconds = [int(each.rpartition(" ")[2]) for each in str(error.value).rpartition(": ")[2].split(", ")]
    assert seconds == sorted(seconds, reverse=True)
    assert all(f"{state} " in str(error.value) for state in (*STEPS, *WAY_BACK[:-1]))


def test_an_execution_that_outlasts_the_deadline_is_rejected() -> None:
    with pytest.raises(ValueError, match="an execution lasts 900 s, which is not before the deadline of 900 s"):
        definition(replace(RETURN, deadline_seconds=900))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "room-booking"}, "expected one word"),
        ({"name": "roomBooking"}, "expected one word"),
        ({"steps": ()}, "at least one step"),
        ({"steps": ((RESERVE, REFUND), (CHARGE, RELEASE))}, "a compensation for each"),
        ({"steps": ((RESERVE, RELEASE), (RESERVE, RELEASE))}, "InventoryReserved stands for two things"),
        ({"started": "InventoryReserved"}, "InventoryReserved stands for two things"),
        ({"name": "inventory", "started": "InventoryFailed"}, "InventoryFailed stands for two things"),
        ({"steps": ((REPEATED_EVENT, replace(RELEASE, undoes=REPEATED_EVENT)),)}, "Done stands for two"),
    ],
)
def test_an_invalid_table_is_rejected_with_an_explanation(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        definition(replace(ORDER, **changes))


def test_a_steps_own_policy_changes_only_its_state(monkeypatch: pytest.MonkeyPatch) -> None:
    before = definition(RETURN)["States"]
    own = replace(FORWARD, passing=Retry(5, backoff=2, longest=4), timeout=6)
    monkeypatch.setitem(policies.OWN, "MailCustomer", own)
    after = definition(RETURN)["States"]
    assert {name for name in after if after[name] != before[name]} == {"MailCustomer"}
    changed = after["MailCustomer"]
    assert (changed["TimeoutSeconds"], changed["Retry"][1]["MaxAttempts"]) == (6, 5)
    assert changed["Retry"][1]["MaxDelaySeconds"] == 4


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Redirect the generated files to a temporary folder."""
    (tmp_path / "template.yaml").write_text((ROOT / "template.yaml").read_text())
    monkeypatch.setattr(generate, "HERE", tmp_path)
    monkeypatch.setattr(generate, "TEMPLATE", tmp_path / "template.yaml")
    return tmp_path


def generate_files(monkeypatch: pytest.MonkeyPatch, *options: str) -> int:
    monkeypatch.setattr(sys, "argv", ["generate", *options])
    return generate.main()


def test_the_generated_files_are_up_to_date(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert generate_files(monkeypatch) == 0
    for name, saga in sagas().items():
        text = (copies / f"{name}_saga.asl.json").read_text()
        assert json.loads(text) == definition(saga)
        assert (ROOT / "statemachine" / f"{name}_saga.asl.json").read_text() == text
    assert (copies / "template.yaml").read_text() == (ROOT / "template.yaml").read_text()


@pytest.mark.parametrize("name", ["order_saga.asl.json", "template.yaml"])
def test_the_check_reports_an_outdated_file_and_does_not_change_it(
    copies: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    generate_files(monkeypatch)
    assert generate_files(monkeypatch, "--check") == 0
    stale = (copies / name).read_text().replace("PaymentDeclined", "Declined")
    (copies / name).write_text(stale)
    assert generate_files(monkeypatch, "--check") == 1
    assert f"{name} is not what the table says; run make definition" in capsys.readouterr().err
    assert (copies / name).read_text() == stale


def test_the_check_reports_a_missing_definition(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert generate_files(monkeypatch, "--check") == 1
    assert [file.name for file in copies.iterdir()] == ["template.yaml"]


def test_a_path_that_is_too_long_is_rejected_and_nothing_is_written(
    copies: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate, "sagas", lambda: {"order": replace(ORDER, execution_seconds=1)})
    assert generate_files(monkeypatch) == 1
    assert "Shorten a retry" in capsys.readouterr().err
    assert [file.name for file in copies.iterdir()] == ["template.yaml"]
