"""The sweeper finds by itself what nobody told it of."""

import json
from typing import Any

import pytest

from sagakit import clock, guard
from sagakit.dynamodb import Item
from sagakit.recovery.store import MOST_ATTEMPTS, SET_ASIDE, still_undispatched
from tests.support import steps, stream, world
from tests.support.bus import Bus
from tests.support.lambdas import Context, handler

pytestmark = pytest.mark.usefixtures("bus")

HOUR = 3_600_000  # milliseconds
AMPLE, SHORT = (Context(remaining_ms=left) for left in (55_000, 9_000))


def sweep(context: Context = AMPLE) -> dict[str, Any]:
    return dict(handler("SweepOrdersFunction")({}, context))


def event_row(order_id: str, event_type: str = "OrderPlaced") -> Item:
    return next(row for row in world.rows("EVENTS") if (row["orderId"], row["eventType"]) == (order_id, event_type))


def shelve(order_id: str, event_type: str = "OrderPlaced", *, since: int) -> None:
    """Let the event be as old as this, and not dispatched."""
    world.put("EVENTS", {**event_row(order_id, event_type), "at": since})


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + HOUR)


def undispatched() -> list[str]:
    return [row["undispatched"] for row in world.rows("EVENTS") if "undispatched" in row]


@pytest.mark.usefixtures("later")
def test_an_event_that_the_relay_left_behind_is_dispatched_once(bus: Bus) -> None:
    order_id = world.placed()
    shelve(order_id, since=clock.now() - HOUR)
    assert sweep()["dispatched"] == 1
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]
    assert [message["type"] for message in bus.messages] == ["OrderPlaced"]
    assert undispatched() == []
    assert sweep()["dispatched"] == 0


def test_an_event_of_the_last_minute_is_left_to_the_relay() -> None:
    world.placed()
    assert sweep()["dispatched"] == 0
    assert stream.executions() == {}


@pytest.mark.usefixtures("later")
def test_an_event_that_the_relay_dispatched_meanwhile_is_not_dispatched_again(bus: Bus) -> None:
    order_id = world.placed()
    key = {"orderId": order_id, "eventType": "OrderPlaced"}
    kept = {name: value for name, value in event_row(order_id).items() if name != "undispatched"}
    world.put("EVENTS", kept)
    assert still_undispatched(key) is None
    assert bus.taken == []


@pytest.mark.usefixtures("later")
def test_an_event_that_cannot_be_dispatched_is_set_aside_and_holds_up_no_other(bus: Bus) -> None:
    bad, good = world.placed(), world.placed()
    steps.cancel(bad)
    for order_id in (bad, good):
        shelve(order_id, since=clock.now() - HOUR)
    shelve(bad, "OrderCancelling", since=clock.now() - HOUR)
    bus.refused = {"OrderCancelling"}
    for _ in range(MOST_ATTEMPTS):
        sweep()
    assert {message["orderId"] for message in bus.messages} == {bad, good}
    assert undispatched() == [SET_ASIDE]


def test_an_order_past_its_deadline_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = world.placed()
    due = guard.read(order_id)["dueAt"]
    monkeypatch.setattr(clock, "now", lambda: due + 1)
    assert sweep()["lookedAfter"] == 1
    assert guard.read(order_id)["reason"]["reason"] == "DeadlinePassed"


def test_an_order_that_is_cancelled_for_too_long_is_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    due = guard.read(order_id)["dueAt"]
    monkeypatch.setattr(clock, "now", lambda: due + 1)
    sweep()
    assert "OrderResumed#1" in world.events(order_id)


@pytest.mark.usefixtures("later")
def test_without_time_nothing_is_begun(bus: Bus) -> None:
    shelve(world.placed(), since=clock.now() - HOUR)
    assert sweep(SHORT) == {"dispatched": 0, "lookedAfter": 0}
    assert bus.taken == []


@pytest.mark.parametrize("where", ["u#0", SET_ASIDE])
def test_the_age_of_the_oldest_event_is_published_also_when_it_was_set_aside(
    capsys: pytest.CaptureFixture[str], where: str
) -> None:
    order_id = world.placed()
    shelve(order_id, since=clock.now() - HOUR)
    world.put("EVENTS", {**event_row(order_id), "undispatched": where})
    sweep(SHORT)
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    (age,) = [metric["OldestUndispatchedEventAge"][0] for metric in metrics if "OldestUndispatchedEventAge" in metric]
    assert HOUR <= age < HOUR + 60_000
