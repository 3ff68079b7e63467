"""Two runs side by side, and the curve of one."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from saga.cli import app
from saga.failure import UsageFailure
from saga.load import charts
from saga.load.figures import FORMAT, compared, of_file
from saga.load.run import Placed, Plan, Run

PLAN = Plan(4, 2, 10, {"pm_ok": 1})
BEFORE = {"format": FORMAT, "orders": 40, "outcomes": {"CONFIRMED": 40, "FAILED": 0}, "acceptMs": {"p50": 200}}
AFTER = {"format": FORMAT, "orders": 40, "outcomes": {"CONFIRMED": 30, "FAILED": 10}, "acceptMs": None}


def ran(*milliseconds: int) -> Run:
    placed = tuple(Placed(f"o-{took}", None, took / 1000, took) for took in milliseconds)
    orders = {f"o-{took}": {"status": "CONFIRMED", "createdAt": 0, "updatedAt": took * 10} for took in milliseconds}
    return Run(PLAN, 0, placed, orders)


def test_each_number_is_compared() -> None:
    assert compared(BEFORE, AFTER) == [
        {"figure": "orders", "a": 40, "b": 40, "change": 0.0},
        {"figure": "outcomes.CONFIRMED", "a": 40, "b": 30, "change": -25.0},
        {"figure": "outcomes.FAILED", "a": 0, "b": 10, "change": None},
        {"figure": "acceptMs.p50", "a": 200, "b": None, "change": None},
    ]


def test_the_command_compares_two_files(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("before.json", "after.json")]
    for file, figures in zip(files, (BEFORE, AFTER), strict=True):
        file.write_text(json.dumps(figures))
    result = CliRunner().invoke(app, ["load", "--compare", *map(str, files), "--json"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, compared(BEFORE, AFTER))
    assert "-25 %" in CliRunner().invoke(app, ["load", "--compare", *map(str, files)]).stdout


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"format": "another"}', b"\xff"])
def test_a_file_that_is_no_run_is_a_usage_error(tmp_path: Path, content: Any) -> None:
    file = tmp_path / "run.json"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageFailure, match=r"is not what saga load wrote|cannot be read"):
        of_file(file)


def test_the_picture_has_both_curves_and_reaches_for_nothing() -> None:
    picture = charts.to_svg(ran(100, 200, 400))
    assert "acceptance" in picture
    assert "completion" in picture
    assert "<script" not in picture
    assert picture.count("http") == picture.count('xmlns="http://www.w3.org/2000/svg"') == 1
    assert "DejaVu Sans" in picture


def test_the_terminal_has_both_curves_at_round_numbers() -> None:
    shown = charts.to_text(ran(100, 200, 400))
    assert "· acceptance" in shown
    assert "• completion" in shown
    assert [tick for tick in ("100┤", "1000┤", "2000┤") if tick in shown] == ["100┤", "1000┤", "2000┤"]
    assert "\x1b" not in shown


def test_a_run_without_an_order_has_no_curve() -> None:
    assert charts.to_text(Run(PLAN, 0, (), {})) == ""
    assert charts.to_svg(Run(PLAN, 0, (), {})).startswith("<?xml")


def test_an_answer_in_no_time_is_drawn_too() -> None:
    assert "acceptance" in charts.to_text(ran(0, 0))
    assert "acceptance" in charts.to_svg(ran(0, 0))
