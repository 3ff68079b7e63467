"""Publishing: every event at least once, in calls as large as the bus takes; nothing that it refuses is lost."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from sagakit import dynamodb
from sagakit.dynamodb import Item
from sagakit.errors import TransientError
from sagakit.event import Event, to_row
from sagakit.relay import publishing
from sagakit.relay.outbox import SET_ASIDE
from sagakit.relay.publishing import MAX_BYTES
from sagakit.transient import is_transient
from tests.support import stream, world
from tests.support.bus import Bus
from tests.support.steps import cancelling, failed, sample

pytestmark = pytest.mark.usefixtures("bus")


THROTTLED: Any = {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seconds: list[float] = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    return seconds


def recorded(*events: str, size: int = 0) -> list[dict[str, Any]]:
    """Record events without a saga; return their stream records. `size` is that of their text."""
    rows = [to_row(Event("o", event, at, {"note": "x" * size})) for at, event in enumerate(events)]
    for row in rows:
        world.put("EVENTS", row)
    return [stream.inserted(row, str(number)) for number, row in enumerate(rows)]


def numbered(count: int) -> list[str]:
    return [f"E{n}" for n in range(count)]


def types(bus: Bus) -> list[str]:
    return [message["type"] for message in bus.messages]


def set_aside() -> list[str]:
    return [row["eventType"] for row in world.rows("EVENTS") if row.get("undispatched") == SET_ASIDE]


# --- What is published ---------------------------------------------------------------------------------------------


def test_every_event_is_published_with_its_detail(bus: Bus) -> None:
    order_id = world.placed()
    assert stream.publish(*stream.records()) == 1
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


def test_the_events_of_an_order_are_published_in_order_and_their_rows_stay_as_they_are(bus: Bus) -> None:
    order_id = failed()
    before = world.everything()
    stream.publish(*stream.records())
    assert types(bus) == world.events(order_id)
    assert world.everything() == before


def test_a_numbered_event_is_published_by_its_kind_and_with_its_own_id(bus: Bus) -> None:
    order_id = cancelling()
    world.put("EVENTS", {**world.event_row(order_id), "eventType": "OrderParked#2", "startsSaga": False})
    stream.publish(stream.inserted(world.event_row(order_id, "OrderParked#2")))
    (message,) = bus.messages
    assert (message["type"], message["eventId"]) == ("OrderParked", f"{order_id}-OrderParked-2")


# --- The size of a call --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "size", "calls"),
    [
        (1, 0, [1]),
        (10, 0, [10]),
        (11, 0, [10, 1]),
        (100, 0, [10] * 10),
        (7, 100_000, [2, 2, 2, 1]),
        (12, 60_000, [4, 4, 4]),
        (3, 200_000, [1, 1, 1]),
    ],
)
def test_a_call_has_at_most_ten_entries_and_256_kilobytes(bus: Bus, count: int, size: int, calls: list[int]) -> None:
    assert stream.publish(*recorded(*numbered(count), size=size)) == count
    assert [len(each) for each in bus.calls] == calls
    assert types(bus) == numbered(count)


def test_an_entry_may_fill_a_call_and_a_larger_one_is_set_aside(bus: Bus) -> None:
    (probe,) = recorded("Probe")
    stream.publish(probe)
    (entry,) = bus.taken
    room = MAX_BYTES - sum(len(entry[name]) for name in ("Source", "DetailType", "Detail"))
    small = recorded("Small")
    assert stream.publish(*recorded("Large", size=room + 1), *recorded("Fills", size=room), *small) == 2
    assert types(bus)[1:] == ["Fills", "Small"]
    assert set_aside() == ["Large"]


# --- Refusals ------------------------------------------------------------------------------------------------------


def test_only_refused_entries_are_sent_again_after_a_pause(bus: Bus, pauses: list[float]) -> None:
    bus.refused, bus.refusals = {"E1", "E11"}, 3
    stream.publish(*recorded(*numbered(12)))
    assert bus.calls == [numbered(10), ["E10", "E11"], ["E1", "E11"], ["E1"]]
    assert sorted(types(bus)) == sorted(numbered(12))
    assert pauses == [0.2, 0.8]


def test_an_entry_that_is_refused_three_times_fails_the_batch_and_the_others_are_published(bus: Bus) -> None:
    bus.refused = {"E1"}
    with pytest.raises(TransientError, match=r"^the event bus refused 1 events, o-E1 the first$"):
        stream.publish(*recorded(*numbered(3)))
    assert bus.calls == [numbered(3), ["E1"], ["E1"]]
    assert (types(bus), set_aside()) == (["E0", "E2"], [])


def test_a_batch_that_the_stream_delivers_again_is_published(bus: Bus) -> None:
    batch = recorded(*numbered(3))
    bus.refused = {"E0", "E1", "E2"}
    with pytest.raises(TransientError, match="refused 3 events"):
        stream.publish(*batch)
    bus.refused = set()
    assert stream.publish(*batch) == 3
    assert types(bus) == numbered(3)


@pytest.mark.parametrize(
    "down",
    [
        EndpointConnectionError(endpoint_url="https://events"),
        ReadTimeoutError(endpoint_url="https://events"),
        ClientError(THROTTLED, "PutEvents"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_bus_that_does_not_answer_fails_the_batch_and_sets_nothing_aside(
    monkeypatch: pytest.MonkeyPatch, bus: Bus, down: Exception
) -> None:
    def put_events(**_: object) -> None:
        raise down

    batch = recorded(*numbered(3))
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "bus", type("Down", (), {"put_events": staticmethod(put_events)}))
        with pytest.raises(Exception, match=r".") as raised:
            stream.publish(*batch)
    assert is_transient(raised.value)
    assert set_aside() == []
    assert stream.publish(*batch) == len(types(bus)) == 3


@pytest.mark.parametrize("code", ["MalformedDetail", "InvalidArgument"])
def test_an_entry_that_the_bus_will_never_take_is_set_aside_at_once(bus: Bus, code: str) -> None:
    bus.refused, bus.code = {"E1"}, code
    stream.publish(*recorded(*numbered(3)))
    assert bus.calls == [numbered(3)]
    assert (types(bus), set_aside()) == (["E0", "E2"], ["E1"])


# --- Malformed rows ------------------------------------------------------------------------------------------------

MALFORMED: dict[str, Item] = {
    "no type": {"orderId": "o"},
    "no detail": {"orderId": "o", "eventType": "T", "at": 1, "startsSaga": False},
    "no number as its time": {"orderId": "o", "eventType": "T", "at": "noon", "startsSaga": False, "detail": {}},
    "text as its detail": {"orderId": "o", "eventType": "T", "at": 1, "startsSaga": False, "detail": "text"},
    "nothing of an event": {"nothing": "at all"},
}


@pytest.mark.parametrize("row", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_row_is_set_aside_and_does_not_block_others(bus: Bus, row: Item) -> None:
    batch = recorded("Before", "After")
    if "eventType" in row:
        world.put("EVENTS", row)
    assert stream.publish(batch[0], stream.inserted(row, "poison"), batch[1]) == 2
    assert types(bus) == ["Before", "After"]
    assert set_aside() == ([row["eventType"]] if "eventType" in row else [])


@pytest.mark.parametrize("value", [{"a", "b"}, b"bytes"], ids=["a set", "binary"])
def test_an_event_that_has_no_json_is_set_aside_and_does_not_block_others(bus: Bus, value: object) -> None:
    before, odd, after = recorded("Before", "Odd", "After")
    odd["dynamodb"]["NewImage"]["detail"] = dynamodb.to_wire({"detail": {"value": value}})["detail"]
    stream.publish(before, odd, after)
    assert (types(bus), set_aside()) == (["Before", "After"], ["Odd"])


def test_a_record_without_an_image_does_not_block_others(bus: Bus) -> None:
    good = recorded("Good")[0]
    removed = {**good, "dynamodb": {"SequenceNumber": "removed", "Keys": good["dynamodb"]["Keys"]}}
    assert stream.publish(removed, good) == 1
    assert types(bus) == ["Good"]


def test_a_deleted_row_is_published_and_not_recreated_even_if_it_is_to_be_set_aside(bus: Bus) -> None:
    record = sample("publish_events")["Records"][0]
    assert stream.publish(record) == 1
    bus.refused, bus.code = {types(bus)[0]}, "MalformedDetail"
    stream.publish(record)
    assert (world.rows("EVENTS"), len(bus.taken)) == ([], 1)


def test_the_sample_event_is_published(bus: Bus) -> None:
    (record,) = sample("publish_events")["Records"]
    stream.publish(record)
    (message,) = bus.messages
    assert json.dumps(message["data"]) == '{"items": [{"productId": "laptop", "quantity": 1}]}'
