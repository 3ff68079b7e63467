"""Two runs side by side, and the charts of one."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from saga.cli.app import app
from saga.failures import UsageFailure
from saga.load import charts
from saga.load.figures import FORMAT, compared, of_file
from saga.load.plan import Placed, Plan, Run

PLAN = Plan(4, 2, 10, {"pm_ok": 1})
BEFORE = {"format": FORMAT, "orders": 40, "outcomes": {"CONFIRMED": 40, "FAILED": 0}, "acceptMs": {"p50": 200}}
AFTER = {"format": FORMAT, "orders": 40, "outcomes": {"CONFIRMED": 30, "FAILED": 10}, "acceptMs": None}


def run_of(*milliseconds: int) -> Run:
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
def test_a_file_without_a_run_is_a_usage_error(tmp_path: Path, content: Any) -> None:
    file = tmp_path / "run.json"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageFailure, match=r"was not written by: saga load|cannot read"):
        of_file(file)


def test_the_svg_has_both_curves_and_refers_to_nothing() -> None:
    svg = charts.to_svg(run_of(100, 200, 400))
    assert "acceptance" in svg
    assert "completion" in svg
    assert "<script" not in svg
    assert svg.count("http") == svg.count('xmlns="http://www.w3.org/2000/svg"') == 1
    assert "DejaVu Sans" in svg


def test_the_terminal_shows_both_curves_at_round_numbers() -> None:
    chart = charts.to_text(run_of(100, 200, 400))
    assert "· acceptance" in chart
    assert "• completion" in chart
    assert [tick for tick in ("100┤", "1000┤", "2000┤") if tick in chart] == ["100┤", "1000┤", "2000┤"]
    assert "\x1b" not in chart


def test_a_run_without_an_order_has_no_curve() -> None:
    assert charts.to_text(Run(PLAN, 0, (), {})) == ""
    assert charts.to_svg(Run(PLAN, 0, (), {})).startswith("<?xml")


def test_a_latency_of_zero_is_drawn_too() -> None:
    assert "acceptance" in charts.to_text(run_of(0, 0))
    assert "acceptance" in charts.to_svg(run_of(0, 0))
