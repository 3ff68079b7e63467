"""The options that every command has, and how it answers."""

import json

import pytest
import typer
from typer.testing import CliRunner

from saga.command.adding import add
from saga.command.asked import Asked
from saga.failure import PARKED
from saga.target import Target

ORDERS = [{"orderId": "o-1", "name": "Größe"}, {"orderId": "o-2", "name": "x"}]
app = typer.Typer()
asked_about: list[Target] = []


@add(app, "show o-1 --json", name="show")
def _show(asked: Asked, order_id: str) -> int:
    """Show it."""
    asked_about.append(asked.target)
    asked.answer(ORDERS, f"{order_id} is shown")
    return PARKED


@add(app, name="follow")
def _follow(asked: Asked) -> None:
    """Follow it."""
    for order in ORDERS:
        asked.answer_next(order, order["orderId"])


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout


def test_people_get_words_and_the_exit_code_says_the_outcome() -> None:
    assert run("show", "o-1") == (5, "o-1 is shown\n")


@pytest.mark.parametrize("flags", [["--json"], ["-o", "json"], ["--output", "json"]])
def test_programs_get_one_document(flags: list[str]) -> None:
    code, printed = run("show", "o-1", *flags)
    assert (code, json.loads(printed)) == (5, ORDERS)


@pytest.mark.parametrize("arguments", [["show", "o-1", "-o", "jsonl"], ["follow", "-o", "jsonl"], ["follow", "--json"]])
def test_programs_get_a_line_for_each_element(arguments: list[str]) -> None:
    assert [json.loads(line) for line in run(*arguments)[1].splitlines()] == ORDERS


def test_the_flags_say_which_stack_is_meant() -> None:
    run("show", "o-1", "--config-env", "prod", "--stack", "s", "--region", "r", "--profile", "p")
    assert asked_about[-1] == Target("prod", "s", "r", "p")


def test_the_help_shows_examples() -> None:
    assert "Examples: saga show o-1 --json" in run("show", "--help")[1]


def test_another_shape_is_a_usage_error() -> None:
    assert run("show", "o-1", "-o", "yaml")[0] == 2
