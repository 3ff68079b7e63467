"""What is set aside blocks no other event, and every sweep tries it again: perhaps a bad deployment set it aside."""

from collections.abc import Callable
from typing import Any

import pytest

from sagakit import sweeping
from sagakit.dynamodb import Item
from sagakit.event import Event, to_row
from sagakit.relay import outbox, starting
from sagakit.relay.outbox import SET_ASIDE, Malformed
from tests.support import meanwhile, steps, stream, world
from tests.support.bus import Bus
from tests.support.stopped_clock import MINUTE, StoppedClock
from tests.support.stream import sweep

pytestmark = pytest.mark.usefixtures("bus")

SHORT = 9_999  # milliseconds, in which nothing new is started
STARTS, TELLS = "OrderPlaced", "PaymentCharged"


def set_aside() -> list[str]:
    rows = [row for row in world.rows("EVENTS") if row.get("undispatched") == SET_ASIDE]
    return [row["eventType"] for row in sorted(rows, key=lambda row: row["at"])]


def aside(event_type: str) -> str:
    """Return an order of which this event is set aside."""
    order_id = steps.paid()
    outbox.set_aside({"orderId": order_id, "eventType": event_type})
    return order_id


def published(bus: Bus) -> list[str]:
    return [message["type"] for message in bus.messages]


# --- A bad deployment ----------------------------------------------------------------------------------------------


def test_a_bad_deployment_that_can_read_no_event_costs_none(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock, bus: Bus
) -> None:
    def unreadable(row: Item) -> Event:
        raise Malformed(f"the new code cannot read {row}")

    with monkeypatch.context() as bad:
        bad.setattr(outbox, "read", unreadable)
        orders = [steps.paid() for _ in range(3)]
        assert stream.relay(*stream.records()) == []
        still.advance(MINUTE)
        sweep()
        assert (bus.taken, stream.executions()) == ([], {})
        assert len(set_aside()) == len(world.rows("EVENTS"))
    assert sweep() == len(world.rows("EVENTS"))
    assert stream.executions().keys() == {f"{order_id}-OrderPlaced" for order_id in orders}
    assert sorted(message["eventId"] for message in bus.messages) == sorted(
        row["eventId"] for row in world.rows("EVENTS")
    )
    assert [row for row in world.rows("EVENTS") if "undispatched" in row] == []


# --- Trying again --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("event_type", "starts"), [(STARTS, True), (TELLS, False)])
def test_an_event_that_is_set_aside_is_published_and_started_if_it_starts_a_saga_and_taken_back(
    still: StoppedClock, bus: Bus, event_type: str, *, starts: bool
) -> None:
    order_id = aside(event_type)
    before = world.event_row(order_id, event_type)
    still.advance(MINUTE)
    for tried in (1, 0):
        assert sweep() == tried
        assert (published(bus), list(stream.executions())) == ([event_type], [f"{order_id}-{STARTS}"] if starts else [])
    del before["undispatched"]
    assert world.event_row(order_id, event_type) == before


def test_an_event_from_before_that_is_on_the_index_of_events_to_start_is_no_concern_of_it(
    still: StoppedClock, bus: Bus
) -> None:
    order_id = world.placed()
    event = {**world.event_row(order_id), "undispatched": "u#3"}
    world.put("EVENTS", event)
    still.advance(MINUTE)
    assert (sweep(), bus.taken, stream.executions()) == (0, [], {})
    assert world.event_row(order_id) == event


def test_without_enough_time_nothing_is_tried_again(still: StoppedClock, bus: Bus) -> None:
    aside(TELLS)
    still.advance(MINUTE)
    sweep(SHORT)
    assert (bus.calls, set_aside()) == ([], [TELLS])


def test_a_sweep_tries_no_more_than_it_may_and_the_oldest_first(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock, bus: Bus
) -> None:
    monkeypatch.setattr(sweeping, "MOST", 2)
    for at in (3, 1, 4, 2, 5):
        world.put("EVENTS", {**to_row(Event("o", f"E{at}", at)), "undispatched": SET_ASIDE})
    still.advance(MINUTE)
    sweep()
    assert (sorted(published(bus)), set_aside()) == (["E1", "E2"], ["E3", "E4", "E5"])


@pytest.mark.parametrize(
    ("happens", "gone"),
    [(outbox.set_aside, 0), (lambda key: world.remove("EVENTS", **key), 1)],
    ids=["set aside again", "deleted"],
)
def test_a_row_that_changes_meanwhile_is_taken_back_and_not_recreated(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock, happens: Callable[[Item], object], gone: int
) -> None:
    order_id, rows = aside(TELLS), len(world.rows("EVENTS"))
    still.advance(MINUTE)
    key = {"orderId": order_id, "eventType": TELLS}
    meanwhile.before(monkeypatch, "update_item", lambda: happens(key))
    sweep()
    assert (set_aside(), len(world.rows("EVENTS")) - rows) == ([], -gone)


def test_an_event_that_an_operator_has_taken_back_meanwhile_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock, bus: Bus
) -> None:
    order_id = steps.paid()
    still.advance(MINUTE)
    key = {"orderId": order_id, "eventType": TELLS}
    monkeypatch.setattr(outbox, "all_set_aside", lambda: iter([key]))  # the index lags behind the table
    sweep()
    assert bus.calls == []


# --- What cannot be helped -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["MalformedDetail", "InvalidArgument", "InternalFailure"])
def test_an_event_that_the_bus_refuses_stays_set_aside_and_blocks_nothing(
    still: StoppedClock, bus: Bus, code: str
) -> None:
    bus.refused, bus.code = {"Poison"}, code
    world.put("EVENTS", {**to_row(Event("o", "Poison", 1)), "undispatched": SET_ASIDE})
    aside(TELLS)
    still.advance(MINUTE)
    sweep()
    assert (published(bus), set_aside()) == ([TELLS], ["Poison"])
    for _ in range(3):
        sweep()
    assert (published(bus), set_aside()) == ([TELLS], ["Poison"])
    bus.refused.clear()
    sweep()
    assert (published(bus), set_aside()) == ([TELLS, "Poison"], [])


def test_a_row_that_is_no_event_stays_set_aside_and_blocks_nothing(still: StoppedClock, bus: Bus) -> None:
    world.put("EVENTS", {"orderId": "o", "eventType": "Odd", "at": 1, "undispatched": SET_ASIDE})
    aside(TELLS)
    still.advance(MINUTE)
    for _ in range(3):
        sweep()
    assert (published(bus), set_aside()) == ([TELLS], ["Odd"])


@pytest.mark.parametrize("down", ["the bus", "Step Functions"])
def test_it_is_started_and_published_once_nothing_is_down_any_more(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock, bus: Bus, down: str
) -> None:
    order_id = aside(STARTS)
    still.advance(MINUTE)

    def unreachable(**_: Any) -> None:
        raise ConnectionError(down)

    client, call = {"the bus": (bus, "put_events")}.get(down, (starting.sfn, "start_execution"))
    with monkeypatch.context() as patch:
        patch.setattr(client, call, unreachable)
        for _ in range(3):
            assert (sweep(), set_aside()) == (0, [STARTS])
    assert published(bus) == []
    sweep()
    assert (published(bus), list(stream.executions())) == ([STARTS], [f"{order_id}-{STARTS}"])
    assert set_aside() == []
