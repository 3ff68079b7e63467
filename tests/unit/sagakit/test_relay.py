"""The relay's consumer that starts sagas: a failure doesn't block the others, nor the consumer that publishes."""

import io
import json

import pytest

from sagakit import dynamodb
from sagakit.dynamodb import Item
from sagakit.errors import TransientError
from sagakit.relay import outbox, starting
from sagakit.relay.outbox import SET_ASIDE
from tests.support import stream, world
from tests.support.bus import Bus
from tests.support.steps import failed, paused, sample

pytestmark = pytest.mark.usefixtures("bus")


def unreachable(**_: object) -> None:
    raise dynamodb.client.exceptions.InternalServerError(
        {"Error": {"Code": "InternalServerError", "Message": "out of order"}}, "StartExecution"
    )


def test_a_placed_order_starts_the_execution_named_after_its_event() -> None:
    order_id = world.placed()
    assert stream.start(*stream.records()) == []
    assert stream.executions() == {f"{order_id}-OrderPlaced": {"orderId": order_id}}


def test_only_events_that_start_a_saga_start_an_execution() -> None:
    order_id = failed()
    stream.start(*stream.records())
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]


def test_starting_a_saga_writes_nothing() -> None:
    world.placed()
    before = world.everything()
    stream.start(*stream.records())
    assert world.everything() == before


def test_a_pause_starts_nothing() -> None:
    order_id = paused()
    stream.start(*stream.records())
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_existing_execution_is_a_success(number: int) -> None:
    world.placed()
    for _ in range(number):
        assert stream.start(*stream.records()) == []
    assert len(stream.executions()) == 1


def test_an_existing_execution_with_another_input_is_a_success_too() -> None:
    order_id = world.placed()
    starting.sfn.start_execution(stateMachineArn=stream.machine(), name=f"{order_id}-OrderPlaced", input="{}")
    assert stream.start(*stream.records()) == []


def test_an_event_that_was_set_aside_stays_so_even_if_its_saga_is_started() -> None:
    order_id = world.placed()
    records = stream.records()
    outbox.set_aside(world.event_row(order_id))
    assert stream.start(*records) == []
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]
    assert world.event_row(order_id)["undispatched"] == SET_ASIDE


def test_a_deleted_row_is_not_recreated() -> None:
    assert stream.start(*sample("start_sagas")["Records"]) == []
    assert (world.rows("EVENTS"), len(stream.executions())) == ([], 1)


def test_an_execution_that_does_not_start_is_reported_and_started_by_the_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        world.placed()
    with monkeypatch.context() as patch:
        patch.setattr(starting.sfn, "start_execution", unreachable)
        assert stream.start(*stream.records()) == ["0", "1"]
    assert stream.executions() == {}
    assert stream.start(*stream.records()) == []
    assert len(stream.executions()) == 2


def test_a_record_that_fails_is_logged_with_its_order(monkeypatch: pytest.MonkeyPatch, log: io.StringIO) -> None:
    order_id = world.placed()
    monkeypatch.setattr(starting.sfn, "start_execution", unreachable)
    stream.start(*stream.records())
    (line,) = [line for line in map(json.loads, log.getvalue().splitlines()) if line["level"] == "ERROR"]
    assert (line["correlation_id"], line["eventId"]) == (order_id, f"{order_id}-OrderPlaced")
    assert line["exception_name"] == "InternalServerError"


def test_a_malformed_record_is_logged_with_its_own_order_and_no_others(log: io.StringIO) -> None:
    world.placed()
    poison = stream.inserted({"orderId": "poisoned", "eventType": "T", "startsSaga": True}, "poison")
    stream.start(*stream.records(), poison)
    (line,) = [line for line in map(json.loads, log.getvalue().splitlines()) if line["message"] == "set aside"]
    assert line["correlation_id"] == "poisoned"


def test_a_batch_that_is_not_published_is_logged_with_its_events(bus: Bus, log: io.StringIO) -> None:
    order_id = world.placed()
    bus.refused = {"OrderPlaced"}
    with pytest.raises(TransientError):
        stream.publish(*stream.records())
    (line,) = [line for line in map(json.loads, log.getvalue().splitlines()) if line["level"] == "ERROR"]
    assert line["eventIds"] == [f"{order_id}-OrderPlaced"]


@pytest.mark.parametrize(
    "poison",
    [{"orderId": "o"}, {"orderId": "o", "eventType": "T", "at": 1}, {"nothing": "at all"}],
    ids=["no type", "no detail", "no event"],
)
def test_a_record_that_is_not_an_event_is_set_aside_and_does_not_block_others(poison: Item) -> None:
    world.placed()
    good = stream.records()[0]
    if "eventType" in poison:
        world.put("EVENTS", poison)
    assert stream.start(stream.inserted({**poison, "startsSaga": True}, "poison"), good) == []
    rows = world.rows("EVENTS")
    assert [row["eventType"] for row in rows if row.get("undispatched") == SET_ASIDE] == (
        ["T"] if len(rows) > 1 else []
    )
    assert len(stream.executions()) == 1


def test_an_outage_of_the_bus_does_not_keep_a_saga_from_starting(monkeypatch: pytest.MonkeyPatch, bus: Bus) -> None:
    order_id = world.placed()
    monkeypatch.setattr(bus, "put_events", unreachable)
    with pytest.raises(dynamodb.client.exceptions.InternalServerError):
        stream.publish(*stream.records())
    assert stream.start(*stream.records()) == []
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]


def test_an_outage_of_step_functions_does_not_keep_an_event_from_being_published(
    monkeypatch: pytest.MonkeyPatch, bus: Bus
) -> None:
    world.placed()
    monkeypatch.setattr(starting.sfn, "start_execution", unreachable)
    assert stream.start(*stream.records()) == ["0"]
    stream.publish(*stream.records())
    assert len(bus.taken) == 1
