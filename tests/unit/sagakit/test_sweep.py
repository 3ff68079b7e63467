"""The sweeper: it finds undispatched events and overdue orders by itself."""

import json
from typing import Any

import pytest

from sagakit import clock, guard
from sagakit.recovery.store import MAX_ATTEMPTS, QUARANTINED, still_undispatched
from tests.support import steps, stream, world
from tests.support.bus import Bus
from tests.support.lambdas import Context, handler

pytestmark = pytest.mark.usefixtures("bus")

HOUR = 3_600_000  # milliseconds
AMPLE, SHORT = (Context(remaining_ms=left) for left in (55_000, 9_000))


def sweep(context: Context = AMPLE) -> dict[str, Any]:
    return dict(handler("SweepOrdersFunction")({}, context))


def backdate(order_id: str, event_type: str = "OrderPlaced", *, since: int) -> None:
    """Set the time of an undispatched event."""
    world.put("EVENTS", {**world.event_row(order_id, event_type), "at": since})


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + HOUR)


def undispatched() -> list[str]:
    return [row["undispatched"] for row in world.rows("EVENTS") if "undispatched" in row]


@pytest.mark.usefixtures("later")
def test_an_event_that_the_relay_left_behind_is_dispatched_once(bus: Bus) -> None:
    order_id = world.placed()
    backdate(order_id, since=clock.now() - HOUR)
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
def test_an_event_that_the_relay_dispatches_meanwhile_is_not_dispatched_again(bus: Bus) -> None:
    order_id = world.placed()
    key = {"orderId": order_id, "eventType": "OrderPlaced"}
    kept = {name: value for name, value in world.event_row(order_id).items() if name != "undispatched"}
    world.put("EVENTS", kept)
    assert still_undispatched(key) is None
    assert bus.taken == []


@pytest.mark.usefixtures("later")
def test_an_event_that_cannot_be_dispatched_is_quarantined_and_does_not_block_others(bus: Bus) -> None:
    bad, good = world.placed(), world.placed()
    steps.cancel(bad)
    for order_id in (bad, good):
        backdate(order_id, since=clock.now() - HOUR)
    backdate(bad, "OrderCancelling", since=clock.now() - HOUR)
    bus.refused = {"OrderCancelling"}
    for _ in range(MAX_ATTEMPTS):
        sweep()
    assert {message["orderId"] for message in bus.messages} == {bad, good}
    assert undispatched() == [QUARANTINED]


def test_an_order_past_its_deadline_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = world.placed()
    due = guard.read(order_id)["dueAt"]
    monkeypatch.setattr(clock, "now", lambda: due + 1)
    assert sweep()["lookedAfter"] == 1
    assert guard.read(order_id)["reason"]["reason"] == "DeadlinePassed"


def test_an_order_that_stays_cancelling_for_too_long_is_recovered(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    due = guard.read(order_id)["dueAt"]
    monkeypatch.setattr(clock, "now", lambda: due + 1)
    sweep()
    assert "OrderResumed#1" in world.events(order_id)


@pytest.mark.usefixtures("later")
def test_without_enough_time_nothing_is_started(bus: Bus) -> None:
    backdate(world.placed(), since=clock.now() - HOUR)
    assert sweep(SHORT) == {"dispatched": 0, "lookedAfter": 0}
    assert bus.taken == []


@pytest.mark.parametrize("where", ["u#0", QUARANTINED])
def test_the_age_of_the_oldest_event_is_published_even_if_it_is_quarantined(
    capsys: pytest.CaptureFixture[str], where: str
) -> None:
    order_id = world.placed()
    backdate(order_id, since=clock.now() - HOUR)
    world.put("EVENTS", {**world.event_row(order_id), "undispatched": where})
    sweep(SHORT)
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    (age,) = [metric["OldestUndispatchedEventAge"][0] for metric in metrics if "OldestUndispatchedEventAge" in metric]
    assert HOUR <= age < HOUR + 60_000
