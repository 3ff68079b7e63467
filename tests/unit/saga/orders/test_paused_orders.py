"""A paused order: what it waits for, since when, and when it is tried again, in every view and command."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from saga.failures import TimedOut
from saga.graph import Outcome, StateStatus
from saga.orders import actions, pause, watch
from saga.orders.actions import preview_cancel, preview_resume
from saga.orders.effects import effects
from saga.orders.model import Event
from saga.orders.record import Record, of_json, to_json
from saga.orders.states import statuses
from saga.orders.timeline import timeline
from saga.orders.view import view
from saga.stack.target import Target
from saga.text import times
from tests.support import world
from tests.support.cli import answer, saga
from tests.unit.saga.orders import recorded

pytestmark = pytest.mark.usefixtures("world")

NOW = 1_800_000_000_000
WAITS = "ProcessPayment waits (TransientError: 503)"
SUCCEEDED = StateStatus(Outcome.SUCCEEDED)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock of the command."""
    for module in ("saga.text.times", "saga.cli.render.order", "saga.cli.render.columns"):
        monkeypatch.setattr(f"{module}.now", lambda: NOW)


@pytest.fixture
def paused(monkeypatch: pytest.MonkeyPatch) -> Record:
    """Make all commands target a stack with a paused order."""
    record = recorded.paused(NOW)
    stack = recorded.deployed(record)
    monkeypatch.setattr(Target, "load", lambda _target: stack)
    return record


def resumed(**detail: Any) -> Event:
    at = recorded.paused(NOW).events[-1].at + 60_000
    return recorded.event("OrderResumed#1", at, detail, starts_saga=True)


def with_event(event: Event) -> Record:
    record = recorded.paused(NOW, wait=None)
    return replace(record, events=(*record.events, event))


# --- Words -----------------------------------------------------------------------------------------------------------


def mark(**more: Any) -> dict[str, Any]:
    return {"state": "ProcessPayment", "reason": "TransientError", "attempts": 2, "since": times.iso(NOW), **more}


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"nextAttemptAt": times.iso(NOW + 40_000)}, "next attempt in 40 s ("),
        ({"nextAttemptAt": times.iso(NOW + 300_000)}, "next attempt in 5 min ("),
        ({"nextAttemptAt": times.iso(NOW - 1)}, "next attempt within a minute ("),
        ({}, "trying again now"),
    ],
)
def test_the_next_attempt_is_relative_and_absolute(more: dict[str, Any], text: str) -> None:
    assert pause.next_attempt(mark(**more), NOW).startswith(text)


def test_the_absolute_time_is_local_to_the_second() -> None:
    at = times.iso(NOW + 40_000)
    assert pause.next_attempt(mark(nextAttemptAt=at), NOW).endswith(f"({times.clock(NOW + 40_000)[:8]})")


@pytest.mark.parametrize(
    ("paused", "text"),
    [
        (mark(cause="the gateway answered 503"), "ProcessPayment waits (TransientError: the gateway answered 503)"),
        (mark(), "ProcessPayment waits (TransientError)"),
        (mark(state=""), "the execution waits (TransientError)"),
        (mark(cause="\x1b[31m"), "ProcessPayment waits (TransientError: \ufffd[31m)"),
    ],
)
def test_what_waits_has_its_error_and_its_cause(paused: dict[str, Any], text: str) -> None:
    assert pause.waiting(paused) == text


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        (
            {"by": "recovery", "state": "RefundPayment", "attempts": 3, "reason": "TransientError"},
            "attempt 3 of RefundPayment failed: TransientError; tried again",
        ),
        (
            {"by": "recovery", "reason": "ExecutionLost"},
            "resumed by recovery: ExecutionLost",
        ),
        (
            {"by": "operator", "state": "RefundPayment", "attempts": 3, "reason": "the gateway works again"},
            "resumed by operator: the gateway works again, after attempt 3 of RefundPayment had failed",
        ),
        ({"by": "operator", "reason": "refunded by hand"}, "resumed by operator: refunded by hand"),
    ],
)
def test_a_resumed_order_tells_which_attempt_failed_and_who_tried_again(detail: dict[str, Any], text: str) -> None:
    record = with_event(resumed(**detail))
    assert effects(record)[-1].text == text
    started = record.events[-1].at + 1
    second = replace(record.executions[0], name=f"{record.order_id}-OrderResumed-1", started=started, history=())
    relay = [bar for bar in timeline(replace(record, executions=(*record.executions, second))) if bar.kind == "relay"]
    assert (relay[-1].label, relay[-1].note) == ("OrderResumed#1", text)


# --- Views -----------------------------------------------------------------------------------------------------------


def test_the_view_has_the_pause_in_words_and_as_data() -> None:
    found = view(recorded.paused(NOW))
    assert (found["status"], found["exitCode"], found["outcome"]) == ("PENDING", None, f"paused, {WAITS}")
    assert found["paused"]["nextAttemptAt"] == times.iso(NOW + 40_000)
    assert [each["status"] for each in found["executions"]] == ["PAUSED"]


def test_an_order_that_is_being_undone_says_so_and_what_it_waits_for() -> None:
    record = recorded.paused(NOW)
    order = {**record.order, "status": "CANCELLING", "reason": {"reason": "PaymentDeclined", "cause": ""}}
    assert view(replace(record, order=order))["outcome"] == f"being undone: PaymentDeclined; paused, {WAITS}"


def test_an_execution_that_paused_its_order_has_not_failed() -> None:
    found = {name: each for name, each in statuses(recorded.paused(NOW)).items() if each != StateStatus()}
    assert found == {
        "ReserveInventory": SUCCEEDED,
        "ProcessPayment": StateStatus(Outcome.CAUGHT, 1),
        "PauseOrder": SUCCEEDED,
        "OrderPaused": SUCCEEDED,
    }


def test_without_a_history_the_attempt_that_paused_the_order_is_known_once_it_is_resumed() -> None:
    detail = {"by": "recovery", "state": "ProcessPayment", "attempts": 1, "reason": "TransientError"}
    seen = replace(with_event(resumed(**detail)), executions=())
    assert statuses(seen)["ProcessPayment"] == StateStatus(Outcome.CAUGHT)
    assert view(seen)["path"][-1]["error"] == "TransientError"


def test_an_export_of_a_paused_order_round_trips() -> None:
    record = recorded.paused(NOW)
    assert of_json(to_json(record)) == record


# --- Commands --------------------------------------------------------------------------------------------------------


def test_an_order_is_shown_with_its_pause(paused: Record) -> None:
    output = " ".join(saga("order", "show", paused.order_id).stdout.split())
    assert f"outcome paused, {WAITS}" in output
    assert "attempts 2 failed attempts since" in output
    assert "next attempt in 40 s (" in output
    assert "-OrderPlaced: PAUSED" in output
    assert answer("order", "show", paused.order_id)["paused"] == paused.order["paused"]


def test_a_list_shows_what_its_orders_wait_for(paused: Record) -> None:
    assert f"{WAITS}, next attempt in 40 s (" in saga("order", "list").stdout
    (listed,) = answer("order", "list", "--status", "paused")
    assert (listed["orderId"], listed["paused"]) == (paused.order_id, paused.order["paused"])
    assert answer("order", "list", "--status", "CONFIRMED") == []


@pytest.mark.parametrize("wait", [40_000, None])
def test_resuming_would_try_again_what_waits_unless_that_is_running(wait: int | None) -> None:
    preview = preview_resume(recorded.paused(NOW, wait))
    assert preview["possible"] is (wait is not None)
    text = f"A new execution would try again now: {WAITS}." if wait else "The order is being tried again now."
    assert (preview["words"], preview["steps"]) == (text, [])


def test_a_paused_order_that_is_being_undone_shows_what_a_resume_would_undo() -> None:
    record = recorded.paused(NOW)
    preview = preview_resume(replace(record, order={**record.order, "status": "CANCELLING"}))
    assert preview["steps"][0] == "RefundPayment: void or refund the payment of 349.99"


def test_a_paused_order_can_be_cancelled() -> None:
    assert preview_cancel(recorded.paused(NOW))["possible"]


def follow(monkeypatch: pytest.MonkeyPatch, *records: Record) -> None:
    """Let the order be read as one after the other of these records."""
    reads = iter(records)
    for name in ("read", "read_again"):
        monkeypatch.setattr(watch, name, lambda *_: next(reads))


def life() -> Iterator[Record]:
    """Yield an order that is paused, read twice, tried again, and confirmed."""
    first = recorded.paused(NOW)
    yield from (first, first, recorded.paused(NOW, wait=None))
    yield recorded.record("flaky")


def test_watching_says_once_that_an_order_is_paused_and_goes_on(
    paused: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(monkeypatch, *life())
    watched = saga("order", "watch", paused.order_id)
    lines = [line.partition(" is ")[2] for line in watched.stdout.splitlines() if line.startswith(paused.order_id)]
    first, second, last = lines
    assert first.startswith(f"PENDING: paused, {WAITS}; next attempt in 40 s (")
    assert second == f"PENDING: paused, {WAITS}; trying again now"
    assert (last, watched.exit_code) == ("CONFIRMED: confirmed", 0)


def test_each_change_of_a_pause_is_a_line_of_json(paused: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(monkeypatch, *life())
    lines = map(json.loads, saga("order", "watch", paused.order_id, "-o", "jsonl").stdout.splitlines())
    orders = [line for line in lines if line["type"] == "order"]
    assert [(each["status"], "nextAttemptAt" in each.get("paused", {})) for each in orders] == [
        *(("PENDING", True), ("PENDING", False)),
        ("CONFIRMED", False),
    ]


def test_placing_with_wait_as_json_says_on_stderr_that_the_order_is_paused(
    paused: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.stock_up()
    follow(monkeypatch, *life())
    monkeypatch.setattr(actions, "call", lambda *_: (202, {"orderId": paused.order_id}))
    ended = saga("order", "place", "--item", "monitor:1", "--key", "k", "--wait", "--json")
    assert (ended.exit_code, json.loads(ended.stdout)["status"]) == (0, "CONFIRMED")
    assert ended.stderr.count(f"is PENDING: paused, {WAITS}; ") == 2


def test_an_order_that_is_still_paused_when_time_is_up_says_so(monkeypatch: pytest.MonkeyPatch, paused: Record) -> None:
    follow(monkeypatch, paused)
    with pytest.raises(TimedOut, match="is still PENDING and paused after 0 s"):
        list(watch.follow(Target().load(), paused.order_id, timeout=0))
