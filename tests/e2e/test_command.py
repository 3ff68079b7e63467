"""The command `saga` as an operator uses it: outcomes as exit codes, JSON for pipes, one line for a failure."""

import json
import os
import pty
import subprocess
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from saga.cli.app import app
from saga.engine.build import build
from saga.engine.process import Engine
from saga.local import catalogue
from saga.local.deploy import deploy
from tests.e2e.command import Command
from tests.e2e.contract import covered, promised
from tests.e2e.shapes import shape
from tests.e2e.shop import Shop

FOREIGN = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


@pytest.fixture(scope="session")
def declined(shop: Shop) -> str:
    """Return an order whose payment was declined and whose saga has ended."""
    order_id = shop.place(shop.order("monitor", 1, "pm_declined"))
    shop.executed(order_id)
    return order_id


@pytest.mark.parametrize(
    ("options", "code", "status"), [([], 0, "CONFIRMED"), (["--token", "pm_declined"], 1, "FAILED")]
)
def test_placing_an_order_and_waiting_ends_with_its_outcome(
    command: Command, options: list[str], code: int, status: str
) -> None:
    placed = command("order", "place", "--item", "monitor:1", "--wait", "--json", *options)
    assert (placed.returncode, json.loads(placed.stdout)["status"]) == (code, status)


def test_the_graph_of_an_order_matches_its_history_and_is_reproducible(
    command: Command, shop: Shop, declined: str, tmp_path: Path
) -> None:
    for name in ("one.svg", "two.svg", "one.png", "two.png"):
        assert command("graph", declined, "--out", name).returncode == 0
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    drawn = (tmp_path / "one.svg").read_text()
    outcomes = {state["state"]: state["outcome"] for state in command.json("graph", declined)}
    for state, outcome in outcomes.items():
        assert f"{state}: " in drawn
        assert (outcome != "not reached") == (state in shop.entered(declined))
    assert outcomes["ProcessPayment"] == "caught error"
    assert outcomes["RefundPayment"] == outcomes["ReleaseInventory"] == "succeeded"


@pytest.mark.parametrize("arguments", [["check"], ["load", "--orders", "3", "--rate", "2"], ["order", "list"]])
def test_json_can_be_piped_while_progress_is_shown_on_a_terminal(command: Command, arguments: list[str]) -> None:
    terminal, stderr = pty.openpty()
    progress: list[bytes] = []
    reader = threading.Thread(target=read_all, args=(terminal, progress))
    reader.start()
    ended = command(*arguments, "--json", stderr=stderr)
    os.close(stderr)
    reader.join()
    filtered = subprocess.run(["jq", "-c", "."], input=ended.stdout, capture_output=True, text=True, check=True)  # noqa: S607
    assert json.loads(filtered.stdout) == json.loads(ended.stdout)
    assert "\x1b" not in ended.stdout


def read_all(terminal: int, progress: list[bytes]) -> None:
    while True:
        try:
            progress.append(os.read(terminal, 1024))
        except OSError:  # the other end is closed
            return


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["order", "show", "nope"], 4, "nope"),
        (["order", "list", "--status", "LOST"], 2, "LOST"),
        (["order", "list", "--stack", "unheard-of"], 3, "stack unheard-of is not deployed"),
        (["order", "list", "--stack", "foreign"], 3, "stack foreign is not an Order Saga"),
        (["order", "list", "--config-env", "default", "--region", "us-east-1"], 3, "no AWS credentials"),
        (["order", "list", "--config-env", "nowhere"], 2, "no environment nowhere"),
    ],
)
def test_a_failure_prints_one_line_and_exits_with_the_documented_code(
    command: Command, shop: Shop, arguments: list[str], code: int, message: str
) -> None:
    cloudformation = shop.client("cloudformation")
    cloudformation.create_stack(StackName="foreign", TemplateBody=json.dumps(FOREIGN))
    failed = command(*arguments, "--json")
    cloudformation.delete_stack(StackName="foreign")
    assert (failed.returncode, failed.stdout) == (code, "")
    assert message in failed.stderr
    assert "Traceback" not in failed.stderr
    assert code == 2 or len(failed.stderr.splitlines()) == 1


def test_without_the_engine_it_says_how_to_start_it(tmp_path: Path) -> None:
    failed = Command(tmp_path / "none", tmp_path)("order", "list")
    assert (failed.returncode, failed.stdout, len(failed.stderr.splitlines())) == (3, "", 1)
    assert "make up" in failed.stderr


def test_the_same_commands_work_for_a_second_stack_in_another_region(command: Command, engine: Engine) -> None:
    second = deploy(engine, "second", {"Stage": "two"}, build(), "eu-west-1")
    catalogue.seed(second)
    there = ("--stack", "second", "--region", "eu-west-1")
    placed = command.json("order", "place", "--item", "laptop:1", "--wait", *there)
    assert placed["status"] == "CONFIRMED"
    for arguments in (["order", "show", placed["orderId"]], ["order", "events", placed["orderId"]], ["check"]):
        assert command(*arguments, *there).returncode == 0
    assert [order["orderId"] for order in command.json("order", "list", *there)] == [placed["orderId"]]
    assert command.json("status", *there)["stack"] == "second"
    assert command("order", "show", placed["orderId"]).returncode == 4


def test_the_json_of_a_command_has_the_promised_fields(in_process: CliRunner, declined: str) -> None:
    answers = {line: in_process.invoke(app, [*line.split(), "--json"]).stdout for line in covered(declined)}
    shapes = {line.replace(declined, "ORDER"): shape(json.loads(answer)) for line, answer in answers.items()}
    found = json.loads(answers["check"])["violations"]  # other tests may have left an order with a wrong amount
    assert all(isinstance(each, str) for each in found)
    assert {**shapes, "check": {"violations": type(found).__name__}} == promised()
