"""The options that every command has, and how it prints its result."""

import json

import pytest
import typer
from typer.testing import CliRunner

from saga.cli.context import Context
from saga.cli.register import add
from saga.failures import EXIT_PARKED
from saga.stack.target import Target

ORDERS = [{"orderId": "o-1", "name": "Größe"}, {"orderId": "o-2", "name": "x"}]
app = typer.Typer()
targets: list[Target] = []


@add(app, "show o-1 --json", name="show")
def _show(context: Context, order_id: str) -> int:
    """Show it."""
    targets.append(context.target)
    context.answer(ORDERS, f"This is {order_id}")
    return EXIT_PARKED


@add(app, name="follow")
def _follow(context: Context) -> None:
    """Follow it."""
    for order in ORDERS:
        context.answer_next(order, order["orderId"])


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout


def test_the_result_is_text_and_the_exit_code_is_the_outcome() -> None:
    assert run("show", "o-1") == (5, "This is o-1\n")


@pytest.mark.parametrize("flags", [["--json"], ["-o", "json"], ["--output", "json"]])
def test_json_is_one_document(flags: list[str]) -> None:
    code, printed = run("show", "o-1", *flags)
    assert (code, json.loads(printed)) == (5, ORDERS)


@pytest.mark.parametrize("arguments", [["show", "o-1", "-o", "jsonl"], ["follow", "-o", "jsonl"], ["follow", "--json"]])
def test_jsonl_is_a_line_for_each_element(arguments: list[str]) -> None:
    assert [json.loads(line) for line in run(*arguments)[1].splitlines()] == ORDERS


def test_flags_select_the_stack() -> None:
    run("show", "o-1", "--config-env", "prod", "--stack", "s", "--region", "r", "--profile", "p")
    assert targets[-1] == Target("prod", "s", "r", "p")


def test_the_help_shows_examples() -> None:
    assert "Examples: saga show o-1 --json" in run("show", "--help")[1]


def test_an_unknown_format_is_a_usage_error() -> None:
    assert run("show", "o-1", "-o", "yaml")[0] == 2
