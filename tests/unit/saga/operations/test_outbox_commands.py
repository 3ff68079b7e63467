"""`saga outbox`, `saga dlq` and `saga breaker`."""

import json
import re

import pytest

from payment.breaker import CIRCUIT, persistence
from saga.failures import Unreachable
from saga.operations import outbox_events
from saga.stack.stack import Stack
from saga.text.times import iso
from tests.support import steps, stream, world
from tests.support.bus import Bus
from tests.support.cli import answer, saga
from tests.unit.saga.operations.shop import Functions
from tests.unit.saga.operations.test_dead_letters import dead
from tests.unit.saga.operations.test_outbox_events import set_aside

pytestmark = pytest.mark.usefixtures("target_stack")


def test_what_is_set_aside_is_listed() -> None:
    order_id = set_aside(world.placed())
    world.placed()
    row = world.event_row(order_id)
    event = {"orderId": order_id, "type": "OrderPlaced", "eventId": row["eventId"], "at": iso(row["at"])}
    assert answer("outbox", "list") == [{**event, "startsSaga": True, "setAside": True}]
    assert re.search("OrderPlaced .* saga +set aside", saga("outbox", "list").stdout)
    assert answer("outbox", "list", "--older-than", "1h") == []


def test_an_empty_outbox_says_so() -> None:
    assert saga("outbox", "list").stdout == "No events.\n"


def test_dispatching_empties_the_outbox() -> None:
    orders = [set_aside(world.placed()), set_aside(world.placed())]
    assert [each["orderId"] for each in answer("outbox", "dispatch", "--yes")] == orders
    assert answer("outbox", "dispatch", "--yes") == []
    assert len(stream.executions()) == 2


def test_a_failed_event_stays_in_the_outbox(bus: Bus) -> None:
    set_aside(steps.confirmed(), "PaymentCharged")
    set_aside(world.placed())
    bus.refused.add("PaymentCharged")
    failed = saga("outbox", "dispatch", "--yes", "--json")
    assert failed.exit_code == 1
    assert [each["type"] for each in json.loads(failed.stdout) if "error" in each] == ["PaymentCharged"]
    bus.refused.clear()
    assert [each["type"] for each in answer("outbox", "dispatch", "--yes")] == ["PaymentCharged"]


@pytest.mark.parametrize("command", ["publish", "replay"])
def test_all_events_of_an_order_are_published_again(bus: Bus, command: str) -> None:
    order_id = steps.failed()
    assert answer("outbox", command, "--order", order_id, "--yes") == {"published": len(world.events(order_id))}
    assert [message["type"] for message in bus.messages] == world.events(order_id)
    assert stream.executions() == {}


def test_events_recorded_in_a_period_are_published_a_hundred_at_once(bus: Bus, functions: Functions) -> None:
    for _ in range(21):
        steps.confirmed()
    assert answer("outbox", "publish", "--since", "1h", "--yes") == {"published": 105}
    assert functions.invoked == ["PublishEvents"] * 2
    assert len({message["eventId"] for message in bus.messages}) == 105
    assert answer("outbox", "publish", "--since", "2h", "--until", "1h", "--yes") == []


def test_a_dry_run_lists_the_events_and_publishes_nothing(bus: Bus) -> None:
    order_id = steps.confirmed()
    listed = answer("outbox", "publish", "--since", "1h", "--dry-run")
    assert {each["orderId"] for each in listed} == {order_id}
    assert [each["type"] for each in listed] == world.events(order_id)
    assert bus.messages == []


def test_without_a_terminal_nothing_is_published_unless_it_is_confirmed(bus: Bus) -> None:
    steps.confirmed()
    refused = saga("outbox", "publish", "--since", "1h")
    assert (refused.exit_code, bus.messages) == (2, [])
    assert "publish 5 events? There is no terminal to ask on. Pass --yes" in refused.stderr


def test_an_interrupted_run_says_where_to_continue(bus: Bus) -> None:
    for _ in range(21):
        steps.confirmed()
    events = answer("outbox", "publish", "--since", "1h", "--dry-run")
    bus.refused.add("OrderConfirmed")
    bus.refusals = 100
    failed = saga("outbox", "publish", "--since", "1h", "--yes")
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert f"0 of 105 are published; the next is of {events[0]['at']}" in failed.stderr
    assert "the event bus refused" in failed.stderr


@pytest.mark.parametrize("options", [[], ["--order", "o-1", "--since", "1h"], ["--since", "yesterday"]])
def test_what_is_published_is_an_order_or_a_period(options: list[str]) -> None:
    assert saga("outbox", "publish", *options).exit_code == 2


def test_an_unknown_order_cannot_be_published() -> None:
    assert saga("outbox", "publish", "--order", "nope", "--yes").exit_code == 4


def test_a_rate_of_zero_is_a_usage_error() -> None:
    assert saga("outbox", "dispatch", "--yes", "--rate", "0").exit_code == 2


def test_dead_letters_are_listed_and_redriven(target_stack: Stack) -> None:
    world.placed()
    letter = dead(target_stack)
    assert [each["messageId"] for each in answer("dlq", "list")] == [letter.message_id]
    assert letter.period is not None
    since, until = map(iso, letter.period)
    listed = saga("dlq", "list").stdout
    assert "RetryAttemptsExhausted" in listed
    assert f"saga outbox publish --since {since} --until {until}" in listed
    assert [each["dispatched"] for each in answer("dlq", "redrive", "--yes")] == [1]
    assert answer("dlq", "redrive", "--yes") == []
    assert saga("dlq", "list").stdout == "The queue is empty.\n"


def test_an_unreachable_engine_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    set_aside(world.placed())

    def unreachable(*_: object) -> None:
        raise Unreachable("no answer")

    monkeypatch.setattr(outbox_events, "dispatch", unreachable)
    result = saga("outbox", "dispatch", "--yes", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (Unreachable.exit_code, [])
    assert "no answer" in result.stderr


def test_the_breaker_is_shown_and_reset() -> None:
    persistence.save_open(CIRCUIT, failure_count=10, opened_at=1_767_225_600)
    assert answer("breaker", "show")["state"] == "OPEN"
    assert "after 10 failures in a row" in saga("breaker", "show").stdout
    assert saga("breaker", "reset").stdout.startswith("Closed. It was OPEN since")
    assert answer("breaker", "show") == {"circuit": CIRCUIT, "state": "CLOSED", "since": None, "failures": 0}
