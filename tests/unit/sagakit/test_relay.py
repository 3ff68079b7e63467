"""The relay: every event goes where it has to go, and one that cannot holds up no other."""

import pytest

from sagakit import dynamodb
from sagakit.dynamodb import Item
from sagakit.relay import dispatch
from tests.support import stream, world
from tests.support.bus import Bus
from tests.support.steps import cancelling, failed, sample

pytestmark = pytest.mark.usefixtures("bus")


def row(order_id: str, event_type: str = "OrderPlaced") -> Item:
    return next(row for row in world.rows("EVENTS") if (row["orderId"], row["eventType"]) == (order_id, event_type))


def undispatched() -> list[str]:
    return [row["eventType"] for row in world.rows("EVENTS") if "undispatched" in row]


def unreachable(**_: object) -> None:
    raise dynamodb.client.exceptions.InternalServerError(
        {"Error": {"Code": "InternalServerError", "Message": "out of order"}}, "StartExecution"
    )


def test_an_order_placed_starts_the_execution_named_after_the_event() -> None:
    order_id = world.placed()
    assert stream.relay(*stream.records()) == []
    assert stream.executions() == {f"{order_id}-OrderPlaced": {"orderId": order_id}}


def test_only_what_starts_a_saga_starts_an_execution() -> None:
    order_id = failed()
    stream.relay(*stream.records())
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]


def test_an_execution_that_exists_already_is_what_was_wanted() -> None:
    world.placed()
    for _ in range(3):
        assert stream.relay(*stream.records()) == []
    assert len(stream.executions()) == 1


def test_an_execution_that_exists_with_another_input_is_what_was_wanted_too(bus: Bus) -> None:
    order_id = world.placed()
    dispatch.sfn.start_execution(stateMachineArn=stream.machine(), name=f"{order_id}-OrderPlaced", input="{}")
    assert stream.relay(*stream.records()) == []
    assert len(bus.taken) == 1


def test_every_event_goes_to_the_bus_with_all_that_it_tells(bus: Bus) -> None:
    order_id = world.placed()
    stream.relay(*stream.records())
    assert bus.messages == [
        {
            "eventId": f"{order_id}-OrderPlaced",
            "orderId": order_id,
            "type": "OrderPlaced",
            "at": row(order_id)["at"],
            "data": {"items": [{"productId": "monitor", "quantity": 2}], "totalAmount": 69_998},
        }
    ]
    (entry,) = bus.taken
    assert (entry["EventBusName"], entry["Source"]) == ("test-events", "order-saga")
    assert entry["DetailType"] == "OrderPlaced"


def test_the_events_of_an_order_go_to_the_bus_in_order(bus: Bus) -> None:
    order_id = failed()
    stream.relay(*stream.records())
    assert [message["type"] for message in bus.messages] == world.events(order_id)


def test_an_event_that_can_happen_again_goes_by_its_kind_and_keeps_its_own_id(bus: Bus) -> None:
    order_id = cancelling()
    world.put("EVENTS", {**row(order_id), "eventType": "OrderParked#2", "startsSaga": False})
    stream.relay(stream.inserted(row(order_id, "OrderParked#2")))
    (message,) = bus.messages
    assert (message["type"], message["eventId"]) == ("OrderParked", f"{order_id}-OrderParked-2")


def test_an_event_that_was_dispatched_is_crossed_off() -> None:
    world.placed()
    assert undispatched() == ["OrderPlaced"]
    stream.relay(*stream.records())
    assert undispatched() == []


def test_crossing_off_changes_nothing_else() -> None:
    order_id = world.placed()
    before = row(order_id)
    stream.relay(*stream.records())
    assert row(order_id) == {name: value for name, value in before.items() if name != "undispatched"}


def test_a_row_that_is_gone_does_not_come_back_as_a_ghost(bus: Bus) -> None:
    assert stream.relay(*sample("relay_outbox")["Records"]) == []
    assert (world.rows("EVENTS"), len(bus.taken)) == ([], 1)


def test_what_the_bus_refuses_is_reported_and_not_crossed_off(bus: Bus) -> None:
    failed()
    bus.refused.add("PaymentCharged")
    records = stream.records()
    assert stream.relay(*records) == ["3"]
    assert undispatched() == ["PaymentCharged"]
    assert len(bus.taken) == len(records) - 1


def test_what_was_refused_goes_out_when_it_is_tried_again(bus: Bus) -> None:
    world.placed()
    bus.refused.add("OrderPlaced")
    stream.relay(*stream.records())
    bus.refused.clear()
    assert stream.relay(*stream.records()) == []
    assert (undispatched(), len(bus.taken)) == ([], 1)


def test_an_execution_that_could_not_be_started_is_reported_and_nothing_is_told_yet(
    monkeypatch: pytest.MonkeyPatch, bus: Bus
) -> None:
    world.placed()
    monkeypatch.setattr(dispatch.sfn, "start_execution", unreachable)
    assert stream.relay(*stream.records()) == ["0"]
    assert (bus.taken, undispatched()) == ([], ["OrderPlaced"])


def test_a_row_that_could_not_be_crossed_off_is_reported(monkeypatch: pytest.MonkeyPatch, bus: Bus) -> None:
    world.placed()
    monkeypatch.setattr(dynamodb.client, "update_item", unreachable)
    assert stream.relay(*stream.records()) == ["0"]
    assert len(bus.taken) == 1


@pytest.mark.parametrize(
    "poison",
    [{"orderId": "o"}, {"orderId": "o", "eventType": "T", "at": 1, "startsSaga": False}, {"nothing": "at all"}],
    ids=["no type", "no detail", "no event"],
)
def test_a_record_that_is_no_event_is_reported_and_holds_up_no_other(bus: Bus, poison: Item) -> None:
    world.placed()
    good = stream.records()[0]
    assert stream.relay(stream.inserted(poison, "poison"), good) == ["poison"]
    assert (len(bus.taken), undispatched()) == (1, [])


def test_a_record_without_an_image_is_reported_and_holds_up_no_other(bus: Bus) -> None:
    world.placed()
    good = stream.records()[0]
    removed = {**good, "dynamodb": {"SequenceNumber": "removed", "Keys": good["dynamodb"]["Keys"]}}
    assert stream.relay(removed, good) == ["removed"]
    assert len(bus.taken) == 1


def test_a_batch_of_which_everything_fails_is_reported_record_by_record(bus: Bus) -> None:
    failed()
    records = stream.records()
    bus.refused.update(world.rows("EVENTS")[n]["eventType"] for n in range(len(records)))
    assert stream.relay(*records) == [str(n) for n in range(len(records))]
    assert len(undispatched()) == len(records)
