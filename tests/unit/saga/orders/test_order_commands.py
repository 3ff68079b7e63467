"""The commands about orders: answers for people and for programs, exit codes, and nothing that moves the cursor."""

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from saga.cli import app
from saga.commands.order import looking, order_ids
from saga.console.process import BackgroundConsole
from saga.failure import Unreachable
from saga.orders import acting
from saga.orders.record import of_json
from saga.stack import Stack
from saga.target import Target
from tests.support import world
from tests.support.cli import answer, saga
from tests.unit.saga.orders import recorded

pytestmark = pytest.mark.usefixtures("world")

EVIL = "\x1b[31mred\x9b2J\u202e<script>"


@pytest.fixture
def about(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let every command be about the stack on which an order is on record; gives the order's id."""

    def on_record(name: str, **clients: Any) -> str:
        record = recorded.record(name)
        stack = recorded.deployed(record, **clients)
        monkeypatch.setattr(Target, "load", lambda _target: stack)
        return record.order_id

    return on_record


# --- Looking -------------------------------------------------------------------------------------------------------


def test_an_order_is_shown(about: Any) -> None:
    order_id = about("flaky")
    assert answer("order", "show", order_id)["outcome"] == "confirmed"
    shown = saga("order", "show", order_id).stdout
    assert "✓ CONFIRMED" in shown
    assert "TransientError: the gateway answered 503" in shown
    assert "states by    history" in shown


def test_events_say_what_they_did_to_money_and_stock(about: Any) -> None:
    order_id = about("confirmed")
    told = {event["type"]: event for event in answer("order", "events", order_id)}
    assert (told["PaymentCharged"]["money"], told["InventoryReserved"]["stock"]) == (1299.99, {"laptop": -1})
    assert told["OrderPlaced"]["at"] == "2026-11-21T23:00:20.773Z"
    shown = saga("order", "events", order_id).stdout
    assert "+1299.99" in shown
    assert "-1 laptop" in shown


def test_an_export_is_the_document_byte_by_byte(about: Any, tmp_path: Path) -> None:
    order_id, out = about("resumed"), tmp_path / "order.json"
    assert saga("order", "export", order_id).stdout == recorded.text("resumed")
    assert answer("order", "export", order_id, "--out", str(out)) == {"out": str(out)}
    assert out.read_text() == recorded.text("resumed")


def test_two_orders_are_compared_by_id_and_by_file(about: Any, tmp_path: Path) -> None:
    order_id, file = about("flaky"), tmp_path / "declined.json"
    file.write_text(recorded.text("declined"))
    assert answer("order", "diff", order_id, str(file))["samePath"] is False
    shown = saga("order", "diff", order_id, str(file)).stdout
    assert "caught error in 182 ms, 1 PaymentDeclined" in shown
    assert "not reached" in shown


@pytest.mark.parametrize("content", [None, "{}", "\xff"])
def test_a_file_that_is_no_exported_order_is_one_line(about: Any, tmp_path: Path, content: str | None) -> None:
    order_id, file = about("flaky"), tmp_path / "order.json"
    if content:
        file.write_bytes(content.encode("latin-1"))
    failed = saga("order", "diff", order_id, str(file))
    assert (failed.exit_code, failed.stdout, len(failed.stderr.splitlines())) == (2, "", 1)


def test_a_file_that_cannot_be_written_is_one_line(about: Any, tmp_path: Path) -> None:
    failed = saga("order", "export", about("flaky"), "--out", str(tmp_path / "none" / "order.json"))
    assert (failed.exit_code, failed.stdout, len(failed.stderr.splitlines())) == (2, "", 1)


@pytest.mark.parametrize("command", ["show", "watch", "events", "logs", "export", "open"])
def test_a_wrong_id_is_one_line_and_exit_code_4(about: Any, command: str) -> None:
    about("confirmed")
    failed = saga("order", command, "nope")
    assert (failed.exit_code, failed.stdout) == (4, "")
    assert failed.stderr == "saga: there is no order 'nope' in stack order-saga-dev\n"


def test_an_orders_page_is_the_consoles(about: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id, opened = about("confirmed"), list[str]()
    monkeypatch.setattr(looking, "open_page", opened.append)
    monkeypatch.setattr(BackgroundConsole, "url", lambda _console: "http://127.0.0.1:8710")
    assert answer("order", "open", order_id) == {"url": f"http://127.0.0.1:8710/orders/{order_id}"}
    assert opened == [f"http://127.0.0.1:8710/orders/{order_id}"]


def test_without_a_console_it_says_how_to_start_one(about: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = about("confirmed")
    monkeypatch.setattr(BackgroundConsole, "url", lambda _console: None)
    assert saga("order", "open", order_id).stderr.endswith("start one: saga console\n")
    assert saga("order", "open", order_id, "--region", "eu-west-1").stderr.endswith("saga console --region eu-west-1\n")


# --- Watching ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "code"), [("confirmed", 0), ("declined", 1), ("parked", 5)])
def test_the_outcome_of_a_watched_order_is_the_exit_code(about: Any, name: str, code: int) -> None:
    order_id = about(name)
    for output in ("table", "json", "jsonl"):
        assert saga("order", "watch", order_id, "-o", output).exit_code == code


def test_a_watched_order_agrees_with_its_history_line_by_line(about: Any) -> None:
    lines = saga("order", "watch", about("declined"), "-o", "jsonl").stdout.splitlines()
    *attempts, last = map(json.loads, lines)
    history = recorded.record("declined").executions[0].history
    entered = [each["stateEnteredEventDetails"]["name"] for each in history if "stateEnteredEventDetails" in each]
    assert [attempt["state"] for attempt in attempts] == entered
    assert [(each["state"], each["error"]) for each in attempts if each["outcome"] == "caught error"] == [
        ("ProcessPayment", "PaymentDeclined")
    ]
    assert (last["type"], last["status"], last["exitCode"]) == ("order", "FAILED", 1)


def test_an_order_that_does_not_end_is_exit_code_6(about: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    record = recorded.record("confirmed")
    pending = replace(record, order={**record.order, "status": "PENDING"})
    monkeypatch.setattr(recorded, "record", lambda _name: pending)
    failed = saga("order", "watch", about("confirmed"), "--timeout", "0")
    assert (failed.exit_code, "still PENDING after 0 s" in failed.stderr) == (6, True)


# --- Acting --------------------------------------------------------------------------------------------------------


@pytest.fixture
def placed(about: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let the API accept every order as one on record, and keep what it was sent."""
    order_id, sent = about("declined"), list[Any]()
    world.stock_up()

    def call(_url: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        sent.append((body, headers["x-idempotency-key"]))
        return 202, {"orderId": order_id, "status": "PENDING", "totalAmount": 0, "message": ""}

    monkeypatch.setattr(acting, "call", call)
    return sent


def test_an_order_is_placed_with_the_catalogues_prices_and_a_new_key_that_is_told(placed: list[Any]) -> None:
    answered = saga("order", "place", "--item", "laptop:1", "--item", "monitor:2", "--item", "monitor:1", "--json")
    ((body, key),) = placed
    assert body["items"] == [
        {"productId": "laptop", "quantity": 1, "price": 1299.99},
        {"productId": "monitor", "quantity": 3, "price": 349.99},
    ]
    assert f"idempotency key: {key}" in answered.stderr
    assert json.loads(answered.stdout)["status"] == "PENDING"


def test_placing_and_waiting_answers_with_the_outcome(placed: list[Any]) -> None:
    arguments = ["order", "place", "--item", "laptop:1", "--key", "k", "--token", "pm_declined", "--wait"]
    ended = saga(*arguments, "--json")
    assert (ended.exit_code, json.loads(ended.stdout)["status"]) == (1, "FAILED")
    assert saga(*arguments).stdout.endswith("failed, and all is undone: PaymentDeclined: card_declined\n")
    assert "pm_declined" not in ended.stdout + ended.stderr
    assert [key for _, key in placed] == ["k", "k"]


@pytest.mark.parametrize("item", ["laptop", "laptop:", ":1", "laptop:0", "laptop:-1", "laptop:x", "laptop:99999"])
def test_what_is_no_item_is_refused_before_anything_is_sent(placed: list[Any], item: str) -> None:
    assert (saga("order", "place", "--item", item).exit_code, placed) == (2, [])


@pytest.mark.parametrize(
    ("name", "command", "code", "possible"),
    [("parked", "resume", 0, True), ("declined", "resume", 1, False), ("confirmed", "cancel", 1, False)],
)
def test_a_dry_run_tells_what_would_be_done_and_does_nothing(
    about: Any, name: str, command: str, code: int, *, possible: bool
) -> None:
    order_id, before = about(name), world.snapshot()
    told = saga("order", command, order_id, "--reason", "r", "--dry-run", "--json")
    assert (told.exit_code, json.loads(told.stdout)["possible"]) == (code, possible)
    assert world.snapshot() == before


@pytest.mark.parametrize("command", ["cancel", "resume"])
def test_a_reason_is_asked_for(about: Any, command: str) -> None:
    assert saga("order", command, about("parked")).exit_code == 2


# --- Finding -------------------------------------------------------------------------------------------------------


def test_orders_are_listed_for_people_and_programs(asked: Stack) -> None:  # noqa: ARG001
    order_id = world.placed(customer="ann")
    assert [order["orderId"] for order in answer("order", "list", "--status", "pending", "--customer", "ann")] == [
        order_id
    ]
    assert order_id in saga("order", "list", "--since", "1h").stdout
    assert saga("order", "list", "--until", "1h").stdout == "no such order\n"
    assert json.loads(saga("order", "list", "-o", "jsonl").stdout)["orderId"] == order_id


@pytest.mark.parametrize(
    "arguments", [["--status", "LOST"], ["--since", "soon"], ["--limit", "0"], ["--limit", "1001"]]
)
def test_what_cannot_be_looked_for_is_exit_code_2(asked: Stack, arguments: list[str]) -> None:  # noqa: ARG001
    assert saga("order", "list", *arguments).exit_code == 2


def test_nothing_of_an_order_moves_the_cursor(asked: Stack) -> None:  # noqa: ARG001
    order_id = world.placed(customer=EVIL)
    for arguments in (["list"], ["show", order_id], ["events", order_id], ["diff", order_id, order_id]):
        shown = saga("order", *arguments).stdout
        assert not [character for character in shown if not character.isprintable() and character != "\n"]
    assert "<script>" in saga("order", "list").stdout
    assert answer("order", "show", order_id)["customerId"] == EVIL
    assert of_json(saga("order", "export", order_id).stdout).order["customerId"] == EVIL


# --- Drawing -------------------------------------------------------------------------------------------------------


def test_a_drawing_agrees_with_the_history_state_by_state(about: Any) -> None:
    order_id = about("declined")
    told = {each["state"]: each["outcome"] for each in answer("graph", order_id)}
    assert [state for state, outcome in told.items() if outcome == "caught error"] == ["ProcessPayment"]
    drawn = saga("graph", order_id, "--format", "svg").stdout
    for state, outcome in told.items():
        assert f": {outcome}" in drawn.partition(f'aria-label="{state}: ')[2].partition('"')[0].replace(",", ":")


def test_without_an_order_the_definition_is_drawn(about: Any) -> None:
    about("declined")
    assert {each["outcome"] for each in answer("graph")} == {None}
    assert "succeeded" not in saga("graph").stdout
    assert saga("graph", "--format", "mermaid").stdout.startswith("flowchart TD")


def test_a_picture_can_be_piped(about: Any) -> None:
    about("declined")
    assert saga("graph", "--format", "png").stdout_bytes.startswith(b"\x89PNG")


def test_an_ending_that_is_no_format_is_exit_code_2(about: Any, tmp_path: Path) -> None:
    failed = saga("graph", about("declined"), "--out", str(tmp_path / "graph.jpg"))
    assert (failed.exit_code, ".svg" in failed.stderr, list(tmp_path.iterdir())) == (2, True, [])


# --- Completion ----------------------------------------------------------------------------------------------------


def complete(line: str) -> list[str]:
    """Press the key at the end of a line, as bash does."""
    environment = {"_SAGA_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split()))}
    return CliRunner().invoke(app, [], prog_name="saga", env=environment).stdout.split()


def test_ids_of_orders_are_completed(asked: Stack, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(order_ids, "PATIENCE", 60)
    ids = sorted([world.placed(), world.placed()])
    assert sorted(complete("saga order show ")) == ids
    assert sorted(complete("saga graph ")) == ids


def test_a_stack_that_does_not_answer_completes_nothing_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, answered = threading.Event(), list[bool]()

    def load(_target: Target) -> Stack:
        answered.append(answer.wait(60))
        raise Unreachable("at last")

    monkeypatch.setattr(Target, "load", load)
    assert complete("saga order show ") == []
    assert answered == []
    answer.set()


def test_a_stack_that_fails_completes_nothing() -> None:
    assert complete("saga order show --config-env nowhere ") == []
