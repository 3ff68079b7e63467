"""Metrics of sagas: each event on the outbox counts once, whatever became of the call that recorded it."""

from typing import Any

import pytest

from sagakit.errors import TransientError
from sagakit.event import Event
from sagakit.relay import outbox
from sagakit.relay.counting import count_event
from tests.support import metrics, steps, stream, world
from tests.support.bus import Bus
from tests.support.lambdas import Context, handler

pytestmark = pytest.mark.usefixtures("world")


def counts(*order_ids: str) -> dict[str, int]:
    """Publish the events of these orders; return how often each metric was counted."""
    batch = [stream.inserted(row) for row in world.rows("EVENTS") if row["orderId"] in order_ids]
    return metrics.counts(lambda: stream.publish(*batch))


def test_an_order_is_counted_when_its_events_are_published(bus: Bus) -> None:
    assert counts(steps.confirmed()) == {"OrdersPlaced": 1, "OrdersConfirmed": 1}
    # A failure counts twice: for alarms, which cannot add up reasons, and with its reason.
    assert counts(steps.failed()) == {"OrdersPlaced": 1, "Compensations": 2, "OrdersFailed": 2}
    assert counts(steps.parked()) == {"OrdersPlaced": 1, "OrdersParked": 1}
    assert bus.taken


def test_a_step_whose_answer_was_lost_is_counted_all_the_same(bus: Bus) -> None:
    order_id = steps.paid()
    steps.confirm(order_id)  # nobody got this answer, so the state machine calls again
    assert steps.confirm(order_id)["repeated"]
    assert counts(order_id)["OrdersConfirmed"] == 1
    assert bus.taken


def test_events_that_the_stream_delivers_again_count_once(bus: Bus) -> None:
    steps.confirmed()
    bus.refused = {"OrderConfirmed"}

    def deliver() -> None:
        with pytest.raises(TransientError):
            stream.publish(*stream.records())
        bus.refused = set()
        stream.publish(*stream.records())

    assert metrics.counts(deliver) == {"OrdersPlaced": 1, "OrdersConfirmed": 1}


@pytest.mark.parametrize(
    ("reason", "is_unexpected"),
    [
        ("InsufficientStock", False),
        ("PaymentDeclined", False),
        ("CustomerCancelled", False),
        ("AmountDiffers", True),
        ("DeadlinePassed", True),
        ("ExecutionAborted", True),
        ("KeyError", True),
    ],
)
def test_a_failure_for_no_business_reason_is_unexpected(reason: str, is_unexpected: bool) -> None:  # noqa: FBT001
    event = Event("o", "OrderFailed", 1, {"reason": reason}, saga="order", outcome="failed")
    assert ("UnexpectedFailures" in metrics.counts(lambda: count_event(event))) == is_unexpected


@pytest.mark.parametrize(
    "event",
    [
        Event("o", "OrderFailed", 1, saga="unknown", outcome="failed"),
        Event("o", "OrderFailed", 1, outcome="unheard of"),
        Event("o", "OrderFailed", 1),
    ],
    ids=["of an unknown saga", "with an unknown outcome", "from before events had outcomes"],
)
def test_an_event_that_nothing_is_known_about_is_not_counted(event: Event) -> None:
    assert metrics.counts(lambda: count_event(event)) == {}


def test_events_that_the_bus_never_takes_count_too(bus: Bus) -> None:
    bus.refused, bus.code = {"OrderConfirmed"}, "MalformedDetail"
    assert counts(steps.confirmed()) == {"OrdersPlaced": 1, "OrdersConfirmed": 1}


def test_events_that_are_published_again_do_not_count_again(bus: Bus) -> None:
    steps.confirmed()
    records = stream.records()
    assert counts_of_all(records) == {"OrdersPlaced": 1, "OrdersConfirmed": 1}
    assert counts_of_all(records, again=True) == {}
    outbox.set_aside(world.event_row(world.rows("SAGAS")[0]["orderId"]))
    assert metrics.counts(stream.sweep) == {}
    assert len(bus.taken) == 2 * len(records) + 1


def counts_of_all(records: list[dict[str, Any]], **settings: bool) -> dict[str, int]:
    payload = {"Records": records, **settings}
    return metrics.counts(lambda: handler("PublishEventsFunction")(payload, Context()))
