"""The outbox: listing it, and having the relay start its sagas and publish events again."""

from collections.abc import Callable

import pytest

from saga.failures import Failure, NoSuchOrder
from saga.operations import undispatched
from saga.stack.stack import Stack
from sagakit.relay import outbox, starting
from tests.support import steps, stream, world
from tests.support.bus import Bus


def waiting(stack: Stack) -> list[str]:
    return [event.type for event in undispatched.undispatched(stack)]


def quarantine(order_id: str) -> None:
    row = next(row for row in world.rows("EVENTS") if row["orderId"] == order_id)
    world.put("EVENTS", {**row, "undispatched": "set aside", "attempts": 10})


def set_aside(stack: Stack, order_id: str, event_type: str = "OrderPlaced") -> None:
    """Set an event aside as the relay does if the bus finds it malformed."""
    outbox.set_aside({"orderId": order_id, "eventType": event_type})
    assert event_type in waiting(stack)


def test_only_events_whose_saga_has_not_been_started_are_listed_oldest_first(stack: Stack) -> None:
    orders = [steps.confirmed(), steps.failed(), world.placed()]
    assert [event.order_id for event in undispatched.undispatched(stack)] == orders
    assert waiting(stack) == ["OrderPlaced"] * 3


def test_an_order_that_is_resumed_waits_for_its_new_execution(stack: Stack) -> None:
    steps.call("ResumeOrder", steps.dispatched(steps.paused()), reason="it works again")
    assert waiting(stack) == ["OrderResumed#1"]


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


def test_a_malformed_row_that_was_set_aside_is_listed_too(stack: Stack) -> None:
    world.put("EVENTS", {"orderId": "o-1", "eventType": "Odd", "at": 1, "undispatched": "set aside"})
    (event,) = undispatched.undispatched(stack)
    assert (event.event_id, event.starts_saga, event.quarantined) == ("o-1-Odd", False, True)


def test_the_list_can_be_limited_to_a_period(stack: Stack) -> None:
    for _ in range(5):
        world.placed()
    events = undispatched.undispatched(stack)
    middle = events[2].at
    assert [event.at for event in undispatched.undispatched(stack, since=middle)] == [event.at for event in events[2:]]
    assert [event.at for event in undispatched.undispatched(stack, until=middle)] == [event.at for event in events[:3]]


def test_dispatching_starts_the_saga_and_marks_the_event_but_publishes_nothing(stack: Stack, bus: Bus) -> None:
    order_id = world.placed()
    undispatched.dispatch(stack, order_id, "OrderPlaced")
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]
    assert (waiting(stack), bus.messages) == ([], [])


def test_dispatching_again_starts_no_second_saga(stack: Stack) -> None:
    order_id = world.placed()
    for _ in range(3):
        undispatched.dispatch(stack, order_id, "OrderPlaced")
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]


def test_an_event_that_was_set_aside_is_started_and_published(stack: Stack, bus: Bus) -> None:
    order_id = world.placed()
    quarantine(order_id)
    undispatched.dispatch(stack, order_id, "OrderPlaced")
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]
    assert [message["eventId"] for message in bus.messages] == [f"{order_id}-OrderPlaced"]
    assert waiting(stack) == []


def test_an_event_that_was_set_aside_stays_so_while_the_bus_is_down(stack: Stack, bus: Bus) -> None:
    order_id = steps.dispatched(steps.confirmed())
    set_aside(stack, order_id, "PaymentCharged")
    bus.refused.add("PaymentCharged")
    with pytest.raises(Failure, match="PublishEvents failed: TransientError"):
        undispatched.dispatch(stack, order_id, "PaymentCharged")
    (event,) = undispatched.undispatched(stack)
    assert event.quarantined
    bus.refused.clear()
    undispatched.dispatch(stack, order_id, "PaymentCharged")
    assert (waiting(stack), len(bus.messages)) == ([], 1)


def test_an_event_that_can_never_be_published_is_set_aside_again(stack: Stack, bus: Bus) -> None:
    order_id = steps.dispatched(steps.confirmed())
    set_aside(stack, order_id, "PaymentCharged")
    bus.refused.add("PaymentCharged")
    bus.code = "MalformedDetail"
    with pytest.raises(Failure, match="cannot be published"):
        undispatched.dispatch(stack, order_id, "PaymentCharged")
    assert waiting(stack) == ["PaymentCharged"]


def test_a_saga_that_cannot_be_started_is_a_failure_and_stays_in_the_outbox(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = world.placed()

    def refused(**_: str) -> None:
        raise MemoryError("no")

    monkeypatch.setattr(starting.sfn, "start_execution", refused)
    with pytest.raises(Failure, match=f"could not start the saga of OrderPlaced of order {order_id}"):
        undispatched.dispatch(stack, order_id, "OrderPlaced")
    assert waiting(stack) == ["OrderPlaced"]


def test_a_relay_that_fails_is_a_failure(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = world.placed()

    def broken(*_: object, **__: object) -> None:
        raise MemoryError("too much")

    monkeypatch.setattr("sagakit.relay.app.process_partial_response", broken)
    with pytest.raises(Failure, match="StartSagas failed: MemoryError: too much"):
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


def test_events_recorded_in_a_period_are_published_in_order(stack: Stack, bus: Bus) -> None:
    steps.confirmed()
    steps.failed()
    events = undispatched.recorded(stack, since=0)
    assert len(events) == len(world.rows("EVENTS"))
    assert [event.at for event in events] == sorted(event.at for event in events)
    some = undispatched.recorded(stack, events[2].at, events[4].at)
    assert {event.event_id for event in some} >= {event.event_id for event in events[2:5]}
    assert undispatched.publish(stack, some) == len(some)
    assert [message["eventId"] for message in bus.messages] == [event.event_id for event in some]
