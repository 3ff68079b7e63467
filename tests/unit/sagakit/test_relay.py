"""The relay: it dispatches every event, and a failure doesn't block the others."""

import pytest

from sagakit import dynamodb
from sagakit.dynamodb import Item
from sagakit.relay import dispatch
from tests.support import stream, world
from tests.support.bus import Bus
from tests.support.steps import cancelling, failed, sample

pytestmark = pytest.mark.usefixtures("bus")


def undispatched() -> list[str]:
    return [row["eventType"] for row in world.rows("EVENTS") if "undispatched" in row]


def unreachable(**_: object) -> None:
    raise dynamodb.client.exceptions.InternalServerError(
        {"Error": {"Code": "InternalServerError", "Message": "out of order"}}, "StartExecution"
    )


def test_a_placed_order_starts_the_execution_named_after_its_event() -> None:
    order_id = world.placed()
    assert stream.relay(*stream.records()) == []
    assert stream.executions() == {f"{order_id}-OrderPlaced": {"orderId": order_id}}


def test_only_events_that_start_a_saga_start_an_execution() -> None:
    order_id = failed()
    stream.relay(*stream.records())
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]


def test_an_existing_execution_is_a_success() -> None:
    world.placed()
    for _ in range(3):
        assert stream.relay(*stream.records()) == []
    assert len(stream.executions()) == 1


def test_an_existing_execution_with_another_input_is_a_success_too(bus: Bus) -> None:
    order_id = world.placed()
    dispatch.sfn.start_execution(stateMachineArn=stream.machine(), name=f"{order_id}-OrderPlaced", input="{}")
    assert stream.relay(*stream.records()) == []
    assert len(bus.taken) == 1


def test_every_event_is_published_with_its_detail(bus: Bus) -> None:
    order_id = world.placed()
    stream.relay(*stream.records())
    assert bus.messages == [
        {
            "eventId": f"{order_id}-OrderPlaced",
            "orderId": order_id,
            "type": "OrderPlaced",
            "at": world.event_row(order_id)["at"],
            "data": {"items": [{"productId": "monitor", "quantity": 2}], "totalAmount": 69_998},
        }
    ]
    (entry,) = bus.taken
    assert (entry["EventBusName"], entry["Source"]) == ("test-events", "order-saga")
    assert entry["DetailType"] == "OrderPlaced"


def test_the_events_of_an_order_are_published_in_order(bus: Bus) -> None:
    order_id = failed()
    stream.relay(*stream.records())
    assert [message["type"] for message in bus.messages] == world.events(order_id)


def test_a_numbered_event_is_published_by_its_kind_and_with_its_own_id(bus: Bus) -> None:
    order_id = cancelling()
    world.put("EVENTS", {**world.event_row(order_id), "eventType": "OrderParked#2", "startsSaga": False})
    stream.relay(stream.inserted(world.event_row(order_id, "OrderParked#2")))
    (message,) = bus.messages
    assert (message["type"], message["eventId"]) == ("OrderParked", f"{order_id}-OrderParked-2")


def test_a_dispatched_event_is_marked_as_dispatched() -> None:
    world.placed()
    assert undispatched() == ["OrderPlaced"]
    stream.relay(*stream.records())
    assert undispatched() == []


def test_marking_an_event_as_dispatched_changes_nothing_else() -> None:
    order_id = world.placed()
    before = world.event_row(order_id)
    stream.relay(*stream.records())
    assert world.event_row(order_id) == {name: value for name, value in before.items() if name != "undispatched"}


def test_a_deleted_row_is_not_recreated(bus: Bus) -> None:
    assert stream.relay(*sample("relay_outbox")["Records"]) == []
    assert (world.rows("EVENTS"), len(bus.taken)) == ([], 1)


def test_an_event_that_the_bus_refuses_is_reported_and_stays_undispatched(bus: Bus) -> None:
    failed()
    bus.refused.add("PaymentCharged")
    records = stream.records()
    assert stream.relay(*records) == ["3"]
    assert undispatched() == ["PaymentCharged"]
    assert len(bus.taken) == len(records) - 1


def test_a_refused_event_is_dispatched_by_the_retry(bus: Bus) -> None:
    world.placed()
    bus.refused.add("OrderPlaced")
    stream.relay(*stream.records())
    bus.refused.clear()
    assert stream.relay(*stream.records()) == []
    assert (undispatched(), len(bus.taken)) == ([], 1)


def test_an_event_whose_execution_does_not_start_is_reported_and_not_yet_published(
    monkeypatch: pytest.MonkeyPatch, bus: Bus
) -> None:
    world.placed()
    monkeypatch.setattr(dispatch.sfn, "start_execution", unreachable)
    assert stream.relay(*stream.records()) == ["0"]
    assert (bus.taken, undispatched()) == ([], ["OrderPlaced"])


def test_an_event_that_cannot_be_marked_as_dispatched_is_reported(monkeypatch: pytest.MonkeyPatch, bus: Bus) -> None:
    world.placed()
    monkeypatch.setattr(dynamodb.client, "update_item", unreachable)
    assert stream.relay(*stream.records()) == ["0"]
    assert len(bus.taken) == 1


@pytest.mark.parametrize(
    "poison",
    [{"orderId": "o"}, {"orderId": "o", "eventType": "T", "at": 1, "startsSaga": False}, {"nothing": "at all"}],
    ids=["no type", "no detail", "no event"],
)
def test_a_record_that_is_not_an_event_is_reported_and_does_not_block_others(bus: Bus, poison: Item) -> None:
    world.placed()
    good = stream.records()[0]
    assert stream.relay(stream.inserted(poison, "poison"), good) == ["poison"]
    assert (len(bus.taken), undispatched()) == (1, [])


def test_a_record_without_an_image_is_reported_and_does_not_block_others(bus: Bus) -> None:
    world.placed()
    good = stream.records()[0]
    removed = {**good, "dynamodb": {"SequenceNumber": "removed", "Keys": good["dynamodb"]["Keys"]}}
    assert stream.relay(removed, good) == ["removed"]
    assert len(bus.taken) == 1


def test_a_batch_that_fails_completely_is_reported_record_by_record(bus: Bus) -> None:
    failed()
    records = stream.records()
    bus.refused.update(world.rows("EVENTS")[n]["eventType"] for n in range(len(records)))
    assert stream.relay(*records) == [str(n) for n in range(len(records))]
    assert len(undispatched()) == len(records)
