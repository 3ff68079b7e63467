"""`saga order` and `saga graph`: output for people and programs, exit codes, and nothing that moves the cursor."""

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from saga.cli.app import app
from saga.cli.commands.order import order_id, reports
from saga.console.background import BackgroundConsole
from saga.failures import NoSuchOrder, Unreachable
from saga.orders import actions
from saga.orders.record import of_json
from saga.stack.stack import Stack
from saga.stack.target import Target
from tests.support import world
from tests.support.cli import answer, saga
from tests.unit.saga.orders import recorded

pytestmark = pytest.mark.usefixtures("world")

EVIL = "\x1b[31mred\x9b2J\u202e<script>"


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that makes all commands target a stack with a recorded order, and returns its ID."""

    def on_record(name: str, **clients: Any) -> str:
        record = recorded.record(name)
        stack = recorded.deployed(record, **clients)
        monkeypatch.setattr(Target, "load", lambda _target: stack)
        return record.order_id

    return on_record


@pytest.mark.parametrize("command", ["show", "events", "export", "watch"])
@pytest.mark.usefixtures("target_stack")
def test_the_row_with_the_secret_of_the_order_ids_is_no_order(command: str) -> None:
    ended = saga("order", command, world.SECRET["orderId"])
    assert (ended.exit_code, ended.stdout) == (NoSuchOrder.exit_code, "")
    assert world.SECRET["secret"] not in ended.stderr


# --- Reports -------------------------------------------------------------------------------------------------------


def test_an_order_is_shown(target: Any) -> None:
    order_id = target("flaky")
    assert answer("order", "show", order_id)["outcome"] == "confirmed"
    output = saga("order", "show", order_id).stdout
    assert "✓ CONFIRMED" in output
    assert "TransientError: the gateway answered 503" in output
    assert "states by    history" in output


def test_events_show_their_effect_on_money_and_stock(target: Any) -> None:
    order_id = target("confirmed")
    found = {event["type"]: event for event in answer("order", "events", order_id)}
    assert (found["PaymentCharged"]["money"], found["InventoryReserved"]["stock"]) == (1299.99, {"laptop": -1})
    assert found["OrderPlaced"]["at"] == "2026-11-21T23:00:20.773Z"
    output = saga("order", "events", order_id).stdout
    assert "+1299.99" in output
    assert "-1 laptop" in output


def test_an_export_is_the_document_byte_for_byte(target: Any, tmp_path: Path) -> None:
    order_id, out = target("resumed"), tmp_path / "order.json"
    assert saga("order", "export", order_id).stdout == recorded.text("resumed")
    assert answer("order", "export", order_id, "--out", str(out)) == {"out": str(out)}
    assert out.read_text() == recorded.text("resumed")


def test_two_orders_are_compared_by_id_and_by_file(target: Any, tmp_path: Path) -> None:
    order_id, file = target("flaky"), tmp_path / "declined.json"
    file.write_text(recorded.text("declined"))
    assert answer("order", "diff", order_id, str(file))["samePath"] is False
    output = saga("order", "diff", order_id, str(file)).stdout
    assert "caught error in 182 ms, 1 PaymentDeclined" in output
    assert "not reached" in output


@pytest.mark.parametrize("content", [None, "{}", "\xff"])
def test_a_file_that_is_not_an_exported_order_is_one_line(target: Any, tmp_path: Path, content: str | None) -> None:
    order_id, file = target("flaky"), tmp_path / "order.json"
    if content:
        file.write_bytes(content.encode("latin-1"))
    failed = saga("order", "diff", order_id, str(file))
    assert (failed.exit_code, failed.stdout, len(failed.stderr.splitlines())) == (2, "", 1)


def test_a_file_that_cannot_be_written_is_one_line(target: Any, tmp_path: Path) -> None:
    failed = saga("order", "export", target("flaky"), "--out", str(tmp_path / "none" / "order.json"))
    assert (failed.exit_code, failed.stdout, len(failed.stderr.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("command", ["show", "watch", "events", "logs", "export", "open"])
def test_a_wrong_id_is_one_line_and_exit_code_4(target: Any, command: str) -> None:
    target("confirmed")
    failed = saga("order", command, "nope")
    assert (failed.exit_code, failed.stdout) == (4, "")
    assert failed.stderr == "saga: no such order in stack order-saga-dev: 'nope'\n"


def test_the_console_shows_the_page_of_an_order(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id, opened = target("confirmed"), list[str]()
    monkeypatch.setattr(reports, "open_page", opened.append)
    monkeypatch.setattr(BackgroundConsole, "url", lambda _console: "http://127.0.0.1:8710")
    assert answer("order", "open", order_id) == {"url": f"http://127.0.0.1:8710/orders/{order_id}"}
    assert opened == [f"http://127.0.0.1:8710/orders/{order_id}"]


def test_without_a_console_the_error_says_how_to_start_one(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = target("confirmed")
    monkeypatch.setattr(BackgroundConsole, "url", lambda _console: None)
    assert saga("order", "open", order_id).stderr.endswith("Start one: saga console\n")
    assert saga("order", "open", order_id, "--region", "eu-west-1").stderr.endswith("saga console --region eu-west-1\n")


# --- Watching ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "code"), [("confirmed", 0), ("declined", 1), ("parked", 5)])
def test_the_exit_code_is_the_outcome_of_a_watched_order(target: Any, name: str, code: int) -> None:
    order_id = target(name)
    for output in ("table", "json", "jsonl"):
        assert saga("order", "watch", order_id, "-o", output).exit_code == code


def test_the_lines_of_a_watched_order_agree_with_its_history(target: Any) -> None:
    lines = saga("order", "watch", target("declined"), "-o", "jsonl").stdout.splitlines()
    *attempts, last = map(json.loads, lines)
    history = recorded.record("declined").executions[0].history
    entered = [each["stateEnteredEventDetails"]["name"] for each in history if "stateEnteredEventDetails" in each]
    assert [attempt["state"] for attempt in attempts] == entered
    assert [(each["state"], each["error"]) for each in attempts if each["outcome"] == "caught error"] == [
        ("ProcessPayment", "PaymentDeclined")
    ]
    assert (last["type"], last["status"], last["exitCode"]) == ("order", "FAILED", 1)


def test_an_order_that_does_not_end_in_time_is_exit_code_6(target: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    record = recorded.record("confirmed")
    pending = replace(record, order={**record.order, "status": "PENDING"})
    monkeypatch.setattr(recorded, "record", lambda _name: pending)
    failed = saga("order", "watch", target("confirmed"), "--timeout", "0")
    assert (failed.exit_code, "still PENDING after 0 s" in failed.stderr) == (6, True)


# --- Changes -------------------------------------------------------------------------------------------------------


@pytest.fixture
def placed(target: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let the API accept every order as a recorded one, and return what it is sent."""
    order_id, sent = target("declined"), list[Any]()
    world.stock_up()

    def call(_url: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        sent.append((body, headers["x-idempotency-key"]))
        return 202, {"orderId": order_id, "status": "PENDING", "totalAmount": 0, "message": ""}

    monkeypatch.setattr(actions, "call", call)
    return sent


def test_an_order_is_placed_at_the_catalogues_prices_with_a_new_key(placed: list[Any]) -> None:
    result = saga("order", "place", "--item", "laptop:1", "--item", "monitor:2", "--item", "monitor:1", "--json")
    ((body, key),) = placed
    assert body["items"] == [
        {"productId": "laptop", "quantity": 1, "price": 1299.99},
        {"productId": "monitor", "quantity": 3, "price": 349.99},
    ]
    assert f"idempotency key: {key}" in result.stderr
    assert json.loads(result.stdout)["status"] == "PENDING"


def test_placing_with_wait_ends_with_the_outcome(placed: list[Any]) -> None:
    arguments = ["order", "place", "--item", "laptop:1", "--key", "k", "--token", "pm_declined", "--wait"]
    ended = saga(*arguments, "--json")
    assert (ended.exit_code, json.loads(ended.stdout)["status"]) == (1, "FAILED")
    assert saga(*arguments).stdout.endswith(" is FAILED, and everything is undone: PaymentDeclined: card_declined\n")
    assert "pm_declined" not in ended.stdout + ended.stderr
    assert [key for _, key in placed] == ["k", "k"]


@pytest.mark.parametrize("item", ["laptop", "laptop:", ":1", "laptop:0", "laptop:-1", "laptop:x", "laptop:99999"])
def test_an_invalid_item_is_refused_before_anything_is_sent(placed: list[Any], item: str) -> None:
    assert (saga("order", "place", "--item", item).exit_code, placed) == (2, [])


@pytest.mark.parametrize(
    ("name", "command", "code", "possible"),
    [("parked", "resume", 0, True), ("declined", "resume", 1, False), ("confirmed", "cancel", 1, False)],
)
def test_a_dry_run_shows_what_would_be_done_and_does_nothing(
    target: Any, name: str, command: str, code: int, *, possible: bool
) -> None:
    order_id, before = target(name), world.snapshot()
    result = saga("order", command, order_id, "--reason", "r", "--dry-run", "--json")
    assert (result.exit_code, json.loads(result.stdout)["possible"]) == (code, possible)
    assert world.snapshot() == before


@pytest.mark.parametrize("command", ["cancel", "resume"])
def test_a_reason_is_required(target: Any, command: str) -> None:
    assert saga("order", command, target("parked")).exit_code == 2


# --- Search --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("target_stack")
def test_orders_are_listed() -> None:
    order_id = world.placed(customer="ann")
    assert [order["orderId"] for order in answer("order", "list", "--status", "pending", "--customer", "ann")] == [
        order_id
    ]
    assert order_id in saga("order", "list", "--since", "1h").stdout
    assert saga("order", "list", "--until", "1h").stdout == "No such order.\n"
    assert json.loads(saga("order", "list", "-o", "jsonl").stdout)["orderId"] == order_id


@pytest.mark.usefixtures("target_stack")
@pytest.mark.parametrize(
    "arguments", [["--status", "LOST"], ["--since", "soon"], ["--limit", "0"], ["--limit", "1001"]]
)
def test_an_invalid_filter_is_exit_code_2(arguments: list[str]) -> None:
    assert saga("order", "list", *arguments).exit_code == 2


@pytest.mark.usefixtures("target_stack")
def test_nothing_in_an_order_moves_the_cursor() -> None:
    order_id = world.placed(customer=EVIL)
    for arguments in (["list"], ["show", order_id], ["events", order_id], ["diff", order_id, order_id]):
        output = saga("order", *arguments).stdout
        assert not [character for character in output if not character.isprintable() and character != "\n"]
    assert "<script>" in saga("order", "list").stdout
    assert answer("order", "show", order_id)["customerId"] == EVIL
    assert of_json(saga("order", "export", order_id).stdout).order["customerId"] == EVIL


# --- Graph ---------------------------------------------------------------------------------------------------------


def test_a_graph_agrees_with_the_history(target: Any) -> None:
    order_id = target("declined")
    states = {each["state"]: each["outcome"] for each in answer("graph", order_id)}
    assert [state for state, outcome in states.items() if outcome == "caught error"] == ["ProcessPayment"]
    drawn = saga("graph", order_id, "--format", "svg").stdout
    for state, outcome in states.items():
        assert f": {outcome}" in drawn.partition(f'aria-label="{state}: ')[2].partition('"')[0].replace(",", ":")


def test_without_an_order_the_definition_is_drawn(target: Any) -> None:
    target("declined")
    assert {each["outcome"] for each in answer("graph")} == {None}
    assert "succeeded" not in saga("graph").stdout
    assert saga("graph", "--format", "mermaid").stdout.startswith("flowchart TD")


def test_a_picture_can_be_piped(target: Any) -> None:
    target("declined")
    assert saga("graph", "--format", "png").stdout_bytes.startswith(b"\x89PNG")


def test_an_unknown_file_format_is_exit_code_2(target: Any, tmp_path: Path) -> None:
    failed = saga("graph", target("declined"), "--out", str(tmp_path / "graph.jpg"))
    assert (failed.exit_code, ".svg" in failed.stderr, list(tmp_path.iterdir())) == (2, True, [])


# --- Completion ----------------------------------------------------------------------------------------------------


def complete(line: str) -> list[str]:
    """Complete a line as bash does."""
    environment = {"_SAGA_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split()))}
    return CliRunner().invoke(app, [], prog_name="saga", env=environment).stdout.split()


@pytest.mark.usefixtures("target_stack")
def test_ids_of_orders_are_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_id, "TAB_SECONDS", 60)
    ids = sorted([world.placed(), world.placed()])
    assert sorted(complete("saga order show ")) == ids
    assert sorted(complete("saga graph ")) == ids


def test_a_stack_that_does_not_answer_completes_nothing_and_blocks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, answered = threading.Event(), list[bool]()

    def load(_target: Target) -> Stack:
        answered.append(answer.wait(60))
        raise Unreachable("no answer")

    monkeypatch.setattr(Target, "load", load)
    assert complete("saga order show ") == []
    assert answered == []
    answer.set()


def test_a_stack_that_fails_completes_nothing() -> None:
    assert complete("saga order show --config-env nowhere ") == []
