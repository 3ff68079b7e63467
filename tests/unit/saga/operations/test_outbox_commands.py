"""`saga outbox`, `saga dlq` and `saga breaker`."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from payment.breaker import CIRCUIT, persistence
from saga.cli.app import app
from saga.failures import Unreachable
from saga.operations import undispatched
from saga.stack.stack import Stack
from tests.support import steps, world
from tests.support.bus import Bus
from tests.support.cli import answer, saga
from tests.unit.saga.operations.test_dead_letters import dead

pytestmark = pytest.mark.usefixtures("target_stack")


@pytest.fixture(autouse=True)
def journals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the journals of replays in the test's directory."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "order-saga"


def test_the_outbox_is_listed() -> None:
    order_id = world.placed()
    assert [(each["orderId"], each["type"], each["startsSaga"]) for each in answer("outbox", "list")] == [
        (order_id, "OrderPlaced", True)
    ]
    assert "saga" in saga("outbox", "list").stdout
    assert answer("outbox", "list", "--older-than", "1h") == []


def test_an_empty_outbox_says_so() -> None:
    assert saga("outbox", "list").stdout == "No events.\n"


def test_dispatching_empties_the_outbox(bus: Bus) -> None:
    steps.confirmed()
    assert len(answer("outbox", "dispatch", "--yes")) == 5
    assert answer("outbox", "dispatch", "--yes") == []
    assert len(bus.messages) == 5


def test_a_failed_event_stays_in_the_outbox(bus: Bus) -> None:
    steps.confirmed()
    bus.refused.add("PaymentCharged")
    failed = saga("outbox", "dispatch", "--yes", "--json")
    assert failed.exit_code == 1
    assert [each["type"] for each in json.loads(failed.stdout) if "error" in each] == ["PaymentCharged"]
    bus.refused.clear()
    assert [each["type"] for each in answer("outbox", "dispatch", "--yes")] == ["PaymentCharged"]


def test_a_replay_of_an_order_publishes_all_its_events_again(bus: Bus) -> None:
    order_id = steps.failed()
    answer("outbox", "dispatch", "--yes")
    before = [message["eventId"] for message in bus.messages]
    assert len(answer("outbox", "replay", "--order", order_id, "--yes")) == len(before)
    assert [message["eventId"] for message in bus.messages] == before * 2


def test_an_interrupted_replay_continues_where_it_stopped(
    bus: Bus, journals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = steps.confirmed()
    replay = ("outbox", "replay", "--order", order_id, "--yes")
    dispatch = undispatched.dispatch

    def interrupted(stack: Stack, order_id: str, event_type: str) -> None:
        if event_type == "PaymentIntentRecorded":
            raise KeyboardInterrupt
        dispatch(stack, order_id, event_type)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(undispatched, "dispatch", interrupted)
        stopped = CliRunner().invoke(app, [*replay, "--json"])
    assert [each["type"] for each in json.loads(stopped.stdout)] == ["OrderPlaced", "InventoryReserved"]
    assert len(list(journals.iterdir())) == 1
    assert [each["type"] for each in answer(*replay)] == ["PaymentIntentRecorded", "PaymentCharged", "OrderConfirmed"]
    assert list(journals.iterdir()) == []
    assert len(bus.messages) == 5
    assert len(answer(*replay)) == 5


def test_a_replay_repeats_only_what_failed(bus: Bus) -> None:
    order_id = steps.confirmed()
    bus.refused.add("PaymentCharged")
    assert saga("outbox", "replay", "--order", order_id, "--yes").exit_code == 1
    bus.refused.clear()
    again = saga("outbox", "replay", "--order", order_id, "--yes", "--json")
    assert [each["type"] for each in json.loads(again.stdout)] == ["PaymentCharged"]
    assert "4 of 5 events were replayed by an earlier run" in again.stderr


def test_a_dry_run_of_a_replay_writes_no_journal(journals: Path) -> None:
    order_id = steps.confirmed()
    assert len(answer("outbox", "replay", "--order", order_id, "--dry-run")) == 5
    assert not journals.exists()


def test_orders_placed_in_a_period_are_replayed() -> None:
    steps.confirmed()
    assert len(answer("outbox", "replay", "--since", "1h", "--dry-run")) == 5
    assert answer("outbox", "replay", "--since", "2h", "--until", "1h", "--dry-run") == []


@pytest.mark.parametrize("options", [[], ["--order", "o-1", "--since", "1h"], ["--since", "yesterday"]])
def test_a_replay_is_of_an_order_or_a_period(options: list[str]) -> None:
    assert saga("outbox", "replay", *options).exit_code == 2


def test_an_unknown_order_cannot_be_replayed() -> None:
    assert saga("outbox", "replay", "--order", "nope", "--yes").exit_code == 4


def test_a_rate_of_zero_is_a_usage_error() -> None:
    assert saga("outbox", "dispatch", "--yes", "--rate", "0").exit_code == 2


def test_dead_letters_are_listed_and_redriven(target_stack: Stack) -> None:
    world.placed()
    letter = dead(target_stack)
    assert [each["messageId"] for each in answer("dlq", "list")] == [letter.message_id]
    assert "RetryAttemptsExhausted" in saga("dlq", "list").stdout
    assert [each["dispatched"] for each in answer("dlq", "redrive", "--yes")] == [1]
    assert answer("dlq", "redrive", "--yes") == []
    assert saga("dlq", "list").stdout == "The queue is empty.\n"


def test_an_unreachable_engine_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    steps.confirmed()

    def unreachable(*_: object) -> None:
        raise Unreachable("no answer")

    monkeypatch.setattr(undispatched, "dispatch", unreachable)
    result = saga("outbox", "dispatch", "--yes", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (Unreachable.exit_code, [])
    assert "no answer" in result.stderr


def test_the_breaker_is_shown_and_reset() -> None:
    persistence.save_open(CIRCUIT, failure_count=10, opened_at=1_767_225_600)
    assert answer("breaker", "show")["state"] == "OPEN"
    assert "after 10 failures in a row" in saga("breaker", "show").stdout
    assert saga("breaker", "reset").stdout.startswith("Closed. It was OPEN since")
    assert answer("breaker", "show") == {"circuit": CIRCUIT, "state": "CLOSED", "since": None, "failures": 0}
