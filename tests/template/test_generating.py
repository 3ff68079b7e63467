"""Generating a definition from a saga's table and the policies."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inventory.domain import RELEASE, RESERVE, InsufficientStock
from payment.domain import CHARGE, REFUND
from sagakit.saga import Coordinator
from sagakit.step import Step
from sagas import ORDER
from statemachine import generate
from statemachine.states import definition
from tests.support.template import ROOT
from tests.template.graph import MACHINES
from tests.template.longer_saga import MAIL, RETURN, STEPS, WAY_BACK

REPEATED_EVENT = Step("DoIt", event="Done", refusals={InsufficientStock: "Done"})
TAKES_A_NAME = Step("PauseOrder", event="Waited")


def test_a_path_that_is_too_long_is_rejected_with_a_hint_and_the_longest_states_first() -> None:
    message = r"return: the longest path takes \d+ s, .* 100 s\. Shorten .*policies.py\."
    with pytest.raises(ValueError, match=message) as error:
        definition(replace(RETURN, execution_seconds=100))
    seconds = [int(each.rpartition(" ")[2]) for each in str(error.value).rpartition(": ")[2].split(", ")]
    assert seconds == sorted(seconds, reverse=True)
    assert all(f"{state} " in str(error.value) for state in (*STEPS, *WAY_BACK[:-1], "PauseReturn"))


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
        ({"steps": ((TAKES_A_NAME, replace(RELEASE, undoes=TAKES_A_NAME)),)}, "PauseOrder stands for two things"),
        ({"steps": (), "retriable": (RESERVE,)}, "before the pivot, steps have refusals; after it, they have final"),
        ({"retriable": (MAIL,)}, "retriable steps in a state machine of their own"),
        ({"steps": (), "retriable": (MAIL,), "coordinator": Coordinator.QUEUES}, "in a state machine of their own"),
        ({"steps": ((REPEATED_EVENT, replace(RELEASE, undoes=REPEATED_EVENT)),)}, "Done stands for two"),
    ],
)
def test_an_invalid_table_is_rejected_with_an_explanation(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        definition(replace(ORDER, **changes))


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
    assert sorted(file.name for file in copies.glob("*.json")) == sorted(
        f"{saga.name}_saga.asl.json" for saga in MACHINES
    )
    for saga in MACHINES:
        text = (copies / f"{saga.name}_saga.asl.json").read_text()
        assert json.loads(text) == definition(saga)
        assert (ROOT / "statemachine" / f"{saga.name}_saga.asl.json").read_text() == text
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
