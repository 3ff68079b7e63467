"""The outbox: listing it, and having the relay dispatch its events."""

from collections.abc import Callable

import pytest

from saga.failures import Failure, NoSuchOrder
from saga.operations import undispatched
from saga.stack.stack import Stack
from tests.support import steps, stream, world
from tests.support.bus import Bus


def waiting(stack: Stack) -> list[str]:
    return [event.type for event in undispatched.undispatched(stack)]


def quarantine(order_id: str) -> None:
    row = next(row for row in world.rows("EVENTS") if row["orderId"] == order_id)
    world.put("EVENTS", {**row, "undispatched": "set aside", "attempts": 10})


def test_undispatched_events_are_listed_oldest_first(stack: Stack) -> None:
    steps.confirmed()
    assert waiting(stack) == [
        "OrderPlaced",
        "InventoryReserved",
        "PaymentIntentRecorded",
        "PaymentCharged",
        "OrderConfirmed",
    ]


def test_quarantined_events_are_listed_too(stack: Stack) -> None:
    quarantine(world.placed())
    event = undispatched.undispatched(stack)[0]
    assert (event.quarantined, event.attempts, event.undispatched) == (True, 10, True)
    assert undispatched.oldest(stack) == event.at


def test_the_oldest_event_is_found(stack: Stack) -> None:
    assert undispatched.oldest(stack) is None
    world.placed()
    steps.confirmed()
    assert undispatched.oldest(stack) == undispatched.undispatched(stack)[0].at


def test_the_list_can_be_limited_to_a_period(stack: Stack) -> None:
    steps.confirmed()
    events = undispatched.undispatched(stack)
    middle = events[2].at
    assert [event.at for event in undispatched.undispatched(stack, since=middle)] == [event.at for event in events[2:]]
    assert [event.at for event in undispatched.undispatched(stack, until=middle)] == [event.at for event in events[:3]]


def test_dispatching_starts_the_saga_publishes_the_event_and_marks_it(stack: Stack, bus: Bus) -> None:
    order_id = world.placed()
    undispatched.dispatch(stack, order_id, "OrderPlaced")
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]
    assert [message["eventId"] for message in bus.messages] == [f"{order_id}-OrderPlaced"]
    assert bus.messages[0]["data"]["totalAmount"] == 69998
    assert waiting(stack) == []


def test_dispatching_again_starts_no_second_saga_and_sends_the_same_id(stack: Stack, bus: Bus) -> None:
    order_id = world.placed()
    for _ in range(3):
        undispatched.dispatch(stack, order_id, "OrderPlaced")
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]
    assert {message["eventId"] for message in bus.messages} == {f"{order_id}-OrderPlaced"}


def test_an_event_that_the_bus_refuses_is_a_failure_and_stays_in_the_outbox(stack: Stack, bus: Bus) -> None:
    order_id = world.placed()
    bus.refused.add("OrderPlaced")
    with pytest.raises(Failure, match=f"could not dispatch OrderPlaced of order {order_id}"):
        undispatched.dispatch(stack, order_id, "OrderPlaced")
    assert waiting(stack) == ["OrderPlaced"]


def test_a_relay_that_fails_is_a_failure(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = world.placed()

    def broken(*_: object) -> None:
        raise MemoryError("too much")

    monkeypatch.setattr("sagakit.relay.app.process_partial_response", broken)
    monkeypatch.setattr("sagakit.relay.app.processor", None)
    with pytest.raises(Failure, match="the relay failed"):
        undispatched.dispatch(stack, order_id, "OrderPlaced")


def test_the_events_of_an_order_are_sorted_by_time(stack: Stack) -> None:
    events = undispatched.events_of(stack, steps.failed())
    assert [events[0].type, events[-1].type] == ["OrderPlaced", "OrderFailed"]
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert events[0].json["startsSaga"]


@pytest.mark.parametrize(
    "use", [undispatched.events_of, lambda stack, order: undispatched.dispatch(stack, order, "OrderPlaced")]
)
def test_an_unknown_order_has_no_events(stack: Stack, use: Callable[[Stack, str], object]) -> None:
    with pytest.raises(NoSuchOrder):
        use(stack, "nope")


def test_the_events_of_orders_placed_in_a_period_come_order_by_order(stack: Stack) -> None:
    first, second = steps.confirmed(), steps.failed()
    events = list(undispatched.events_since(stack, since=0))
    assert [events[0].order_id, events[-1].order_id] == [first, second]
    placed = next(event.at for event in events if event.order_id == second)
    assert {event.order_id for event in undispatched.events_since(stack, since=placed)} == {second}
    assert {event.order_id for event in undispatched.events_since(stack, since=0, until=placed - 1)} == {first}
