"""The outbox: what is set aside, and having the relay start its sagas and publish events again."""

from collections.abc import Callable

import pytest

from saga.failures import Failure, NoSuchOrder
from saga.operations import outbox_events
from saga.stack.stack import Stack
from sagakit.relay import outbox, starting
from tests.support import steps, stream, world
from tests.support.bus import Bus


def listed(stack: Stack) -> list[str]:
    return [event.type for event in outbox_events.all_set_aside(stack)]


def set_aside(order_id: str, event_type: str = "OrderPlaced") -> str:
    """Set an event of the order aside as the relay does, and return the order's ID."""
    outbox.set_aside({"orderId": order_id, "eventType": event_type})
    return order_id


def test_only_events_that_are_set_aside_are_listed_oldest_first(stack: Stack) -> None:
    assert outbox_events.oldest(stack) is None
    orders = [set_aside(steps.confirmed()), world.placed(), set_aside(steps.failed(), "OrderCancelling")]
    events = outbox_events.all_set_aside(stack)
    assert [(event.order_id, event.type) for event in events] == [
        (orders[0], "OrderPlaced"),
        (orders[2], "OrderCancelling"),
    ]
    assert all(event.set_aside for event in events)
    assert outbox_events.oldest(stack) == events[0].at


def test_an_event_that_an_older_version_left_on_the_index_is_not_set_aside(stack: Stack) -> None:
    row = world.event_row(world.placed())
    world.put("EVENTS", {**row, "undispatched": "u#3"})
    assert (listed(stack), outbox_events.oldest(stack)) == ([], None)


def test_a_malformed_row_that_was_set_aside_is_listed_too(stack: Stack) -> None:
    world.put("EVENTS", {"orderId": "o-1", "eventType": "Odd", "at": 1, "undispatched": "set aside"})
    (event,) = outbox_events.all_set_aside(stack)
    assert (event.event_id, event.starts_saga, event.set_aside) == ("o-1-Odd", False, True)


def test_the_list_can_be_limited_to_what_is_older(stack: Stack) -> None:
    for _ in range(5):
        set_aside(world.placed())
    events = outbox_events.all_set_aside(stack)
    assert outbox_events.all_set_aside(stack, events[2].at) == events[:3]


def test_an_event_that_is_no_longer_set_aside_has_been_dispatched(stack: Stack, bus: Bus) -> None:
    outbox_events.dispatch(stack, world.placed(), "OrderPlaced")
    assert (stream.executions(), bus.messages) == ({}, [])


def test_an_event_that_was_set_aside_is_started_and_published_once(stack: Stack, bus: Bus) -> None:
    order_id = set_aside(world.placed())
    for _ in range(3):
        outbox_events.dispatch(stack, order_id, "OrderPlaced")
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]
    assert [message["eventId"] for message in bus.messages] == [f"{order_id}-OrderPlaced"]
    assert listed(stack) == []


def test_an_event_that_was_set_aside_stays_so_while_the_bus_is_down(stack: Stack, bus: Bus) -> None:
    order_id = set_aside(steps.confirmed(), "PaymentCharged")
    bus.refused.add("PaymentCharged")
    with pytest.raises(Failure, match="PublishEvents failed: TransientError"):
        outbox_events.dispatch(stack, order_id, "PaymentCharged")
    assert listed(stack) == ["PaymentCharged"]
    bus.refused.clear()
    outbox_events.dispatch(stack, order_id, "PaymentCharged")
    assert (listed(stack), len(bus.messages)) == ([], 1)


def test_an_event_that_can_never_be_published_is_set_aside_again(stack: Stack, bus: Bus) -> None:
    order_id = set_aside(steps.confirmed(), "PaymentCharged")
    bus.refused.add("PaymentCharged")
    bus.code = "MalformedDetail"
    with pytest.raises(Failure, match="cannot be published"):
        outbox_events.dispatch(stack, order_id, "PaymentCharged")
    assert listed(stack) == ["PaymentCharged"]


def test_a_saga_that_cannot_be_started_is_a_failure_and_stays_set_aside(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = set_aside(world.placed())

    def refused(**_: str) -> None:
        raise MemoryError("no")

    monkeypatch.setattr(starting.sfn, "start_execution", refused)
    with pytest.raises(Failure, match=f"could not start the saga of OrderPlaced of order {order_id}"):
        outbox_events.dispatch(stack, order_id, "OrderPlaced")
    assert listed(stack) == ["OrderPlaced"]


def test_a_relay_that_fails_is_a_failure(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = set_aside(world.placed())

    def broken(*_: object, **__: object) -> None:
        raise MemoryError("too much")

    monkeypatch.setattr("sagakit.relay.app.process_partial_response", broken)
    with pytest.raises(Failure, match="StartSagas failed: MemoryError: too much"):
        outbox_events.dispatch(stack, order_id, "OrderPlaced")


def test_the_events_of_an_order_are_sorted_by_time(stack: Stack) -> None:
    events = outbox_events.events_of(stack, steps.failed())
    assert [events[0].type, events[-1].type] == ["OrderPlaced", "OrderFailed"]
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert events[0].json["startsSaga"]


@pytest.mark.parametrize(
    "use", [outbox_events.events_of, lambda stack, order: outbox_events.dispatch(stack, order, "OrderPlaced")]
)
def test_an_unknown_order_has_no_events(stack: Stack, use: Callable[[Stack, str], object]) -> None:
    with pytest.raises(NoSuchOrder):
        use(stack, "nope")


def test_events_recorded_in_a_period_are_published_in_order(stack: Stack, bus: Bus) -> None:
    steps.confirmed()
    steps.failed()
    events = outbox_events.recorded(stack, since=0)
    assert len(events) == len(world.rows("EVENTS"))
    assert [event.at for event in events] == sorted(event.at for event in events)
    some = outbox_events.recorded(stack, events[2].at, events[4].at)
    assert {event.event_id for event in some} >= {event.event_id for event in events[2:5]}
    assert outbox_events.publish(stack, some) == len(some)
    assert [message["eventId"] for message in bus.messages] == [event.event_id for event in some]
