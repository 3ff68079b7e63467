"""The outbox's sweeper starts the sagas that the stream left behind. It tells poison from an outage.

What is set aside, and tried again, is in test_set_aside.py.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from sagakit import saga, sweeping
from sagakit.dynamodb import Item
from sagakit.event import shard
from sagakit.relay import outbox, starting
from sagakit.relay.outbox import MAX_ATTEMPTS, SET_ASIDE
from sagakit.sweeping import PARTS
from sagas import ORDER
from tests.support import steps, stream, world
from tests.support.bus import Bus
from tests.support.stopped_clock import MINUTE, StoppedClock
from tests.support.stream import sweep

pytestmark = pytest.mark.usefixtures("bus")

SHORT = 9_999  # milliseconds, in which nothing new is started


def answer(code: str) -> ClientError:
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(response, "StartExecution")


REFUSED, THROTTLED = answer("InvalidName"), answer("ThrottlingException")
LOST = EndpointConnectionError(endpoint_url="https://states")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> dict[str, Exception]:
    """Make executions of these orders fail to start, with these errors; "" stands for every order."""
    errors: dict[str, Exception] = {}
    start = starting.sfn.start_execution

    def start_execution(**request: Any) -> Any:
        failing = [error for order_id, error in errors.items() if request["name"].startswith(order_id)]
        if failing:
            raise failing[0]
        return start(**request)

    monkeypatch.setattr(starting.sfn, "start_execution", start_execution)
    return errors


@pytest.fixture
def left_behind(still: StoppedClock) -> Callable[[], str]:
    """Return a function that places an order whose event the stream leaves behind."""

    def place() -> str:
        order_id = world.placed()
        still.advance(MINUTE + 1)
        return order_id

    return place


def row(order_id: str) -> dict[str, Any]:
    return world.event_row(order_id)


def test_an_event_that_the_stream_left_behind_is_started_once_and_not_published(
    bus: Bus, left_behind: Callable[[], str]
) -> None:
    order_id = left_behind()
    assert sweep() == 1
    assert list(stream.executions()) == [f"{order_id}-OrderPlaced"]
    assert (bus.taken, "undispatched" in row(order_id)) == ([], False)
    assert sweep() == 0


def test_an_event_of_the_last_minute_is_left_to_the_stream(still: StoppedClock) -> None:
    world.placed()
    still.advance(MINUTE)
    assert (sweep(), stream.executions()) == (0, {})
    still.advance(1)
    assert (sweep(), len(stream.executions())) == (1, 1)


@pytest.mark.parametrize("meanwhile", [lambda _: stream.start(*stream.records()), outbox.set_aside])
def test_an_event_that_is_dispatched_or_set_aside_meanwhile_is_not_started_again(
    monkeypatch: pytest.MonkeyPatch, left_behind: Callable[[], str], meanwhile: Callable[[Item], object]
) -> None:
    order_id = left_behind()
    key = {"orderId": order_id, "eventType": "OrderPlaced"}
    meanwhile(key)
    monkeypatch.setattr(outbox, "undispatched", lambda _until, _part: iter([key]))  # the index lags behind the table
    started: list[object] = []
    monkeypatch.setattr(starting.sfn, "start_execution", lambda **request: started.append(request))
    assert (sweep(part=1), started) == (0, [])  # part 0 tries what is set aside again
    assert row(order_id).get("undispatched") in (None, SET_ASIDE)


def test_an_execution_that_the_stream_has_started_is_only_marked(left_behind: Callable[[], str]) -> None:
    order_id = left_behind()
    starting.sfn.start_execution(stateMachineArn=stream.machine(), name=f"{order_id}-OrderPlaced", input="{}")
    assert (sweep(), len(stream.executions()), "undispatched" in row(order_id)) == (1, 1, False)


def test_without_enough_time_nothing_is_started(left_behind: Callable[[], str]) -> None:
    left_behind()
    assert (sweep(SHORT), stream.executions()) == (0, {})


def test_the_four_sweeps_together_start_every_saga_once(left_behind: Callable[[], str]) -> None:
    orders = [left_behind() for _ in range(12)]
    started = [sweep(part=part) for part in range(PARTS)]
    assert (sum(started), max(started) < 12) == (12, True)
    assert sorted(stream.executions()) == sorted(f"{order_id}-OrderPlaced" for order_id in orders)


def test_a_sweep_starts_no_more_than_is_left_free_and_the_oldest_first(
    monkeypatch: pytest.MonkeyPatch, left_behind: Callable[[], str]
) -> None:
    monkeypatch.setattr(sweeping, "MOST", 2)
    orders = [left_behind() for _ in range(5)]
    for count in (2, 4, 5, 5):
        sweep()
        assert stream.executions().keys() == {f"{order_id}-OrderPlaced" for order_id in orders[:count]}


def test_a_row_from_before_only_starts_were_on_the_index_is_published_and_starts_nothing(
    still: StoppedClock, bus: Bus
) -> None:
    order_id = steps.dispatched(steps.paid())
    charged = world.event_row(order_id, "PaymentCharged")
    world.put("EVENTS", {**charged, "undispatched": shard(order_id)})
    still.advance(2 * MINUTE)
    for _ in range(2):
        sweep()
        assert [message["eventId"] for message in bus.messages] == [f"{order_id}-PaymentCharged"]
    assert (stream.executions(), world.event_row(order_id, "PaymentCharged")) == ({}, charged)


def test_a_row_from_before_stays_on_the_index_while_the_bus_is_down(still: StoppedClock, bus: Bus) -> None:
    order_id = steps.dispatched(steps.paid())
    world.put("EVENTS", {**world.event_row(order_id, "PaymentCharged"), "undispatched": shard(order_id)})
    still.advance(2 * MINUTE)
    bus.refused.add("PaymentCharged")
    assert {sweep() for _ in range(MAX_ATTEMPTS + 2)} == {0}
    assert world.event_row(order_id, "PaymentCharged")["undispatched"] == shard(order_id)
    bus.refused.clear()
    sweep()
    assert len(bus.messages) == 1


# --- Poison --------------------------------------------------------------------------------------------------------


def test_an_event_that_alone_cannot_be_started_is_set_aside_after_ten_sweeps(
    broken: dict[str, Exception], left_behind: Callable[[], str]
) -> None:
    poison = left_behind()
    broken[poison] = REFUSED
    for attempts in range(1, MAX_ATTEMPTS + 1):
        assert row(poison)["undispatched"] != SET_ASIDE
        good = left_behind()
        assert sweep() == 1
        assert ("undispatched" in row(good), row(poison)["attempts"]) == (False, attempts)
    assert row(poison)["undispatched"] == SET_ASIDE
    left_behind()
    assert sweep() == 1
    assert row(poison)["attempts"] == MAX_ATTEMPTS  # it is no longer counted


def test_an_event_that_is_started_after_it_failed_is_not_counted(
    left_behind: Callable[[], str],
) -> None:
    order_id = left_behind()
    key = {"orderId": order_id, "eventType": "OrderPlaced", "undispatched": row(order_id)["undispatched"]}
    stream.start(*stream.records())
    for _ in range(MAX_ATTEMPTS):
        outbox.count_failure(key)
    assert not {"attempts", "undispatched"} & row(order_id).keys()


@pytest.mark.parametrize("malformed", ["detail", "startsSaga"])
def test_a_malformed_event_is_set_aside_at_once_and_does_not_block_others(
    left_behind: Callable[[], str], malformed: str
) -> None:
    poison = left_behind()
    world.put("EVENTS", {name: value for name, value in row(poison).items() if name != malformed})
    good = left_behind()
    assert sweep() == 1
    assert (row(poison)["undispatched"], "undispatched" in row(good)) == (SET_ASIDE, False)


# --- Outages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare a second saga, which another state machine runs."""
    both = {"order": ORDER, "trip": replace(ORDER, name="trip")}
    monkeypatch.setattr(saga, "sagas", lambda: both)
    monkeypatch.setenv("STATE_MACHINES", f'{{"order": "{stream.machine()}", "trip": "{stream.machine()}"}}')


def test_an_outage_of_step_functions_never_sets_an_event_aside(
    broken: dict[str, Exception], left_behind: Callable[[], str]
) -> None:
    orders = [left_behind() for _ in range(3)]
    for error in (REFUSED, THROTTLED, LOST):
        broken[""] = error
        assert {sweep() for _ in range(MAX_ATTEMPTS + 2)} == {0}
    assert not [order_id for order_id in orders if "attempts" in row(order_id)]
    broken.clear()
    assert sweep() == 3


@pytest.mark.parametrize("passing", [THROTTLED, LOST], ids=["throttled", "lost"])
def test_a_passing_failure_does_not_count_even_if_others_succeed(
    broken: dict[str, Exception], left_behind: Callable[[], str], passing: Exception
) -> None:
    unlucky = left_behind()
    broken[unlucky] = passing
    for _ in range(MAX_ATTEMPTS + 2):
        left_behind()
        assert sweep() == 1
    assert "attempts" not in row(unlucky)


@pytest.mark.usefixtures("trips")
def test_a_failure_does_not_count_if_only_another_saga_is_started(
    broken: dict[str, Exception], left_behind: Callable[[], str]
) -> None:
    order = left_behind()
    broken[order] = REFUSED
    for _ in range(MAX_ATTEMPTS + 2):
        trip = left_behind()
        world.put("EVENTS", {**row(trip), "saga": "trip"})
        assert sweep() == 1
    assert "attempts" not in row(order)


def test_events_that_wait_for_long_are_all_started_in_one_sweep(left_behind: Callable[[], str]) -> None:
    orders = [left_behind() for _ in range(41)]
    assert sweep() == 41
    assert sorted(stream.executions()) == sorted(f"{order_id}-OrderPlaced" for order_id in orders)
