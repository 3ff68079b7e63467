"""Events as rows, and the history that the rows form."""

import re
import uuid
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagakit import clock, dynamodb, eventlog
from sagakit.errors import UnknownSaga
from sagakit.event import PROVENANCE, SHARDS, Event, from_row, shard, to_row
from sagakit.step import Outcome
from tests.support import world

EVENTS = st.builds(
    Event,
    st.uuids().map(str),
    st.sampled_from(["OrderPlaced", "OrderParked#1", "OrderResumed#12"]),
    st.integers(min_value=1, max_value=2**43),
    st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5) | st.integers(0, 10**12), max_size=3),
    st.booleans(),
    state=st.sampled_from(["", "ConfirmOrder"]),
    outcome=st.sampled_from(["", "done"]),
    error=st.sampled_from(["", "InsufficientStock"]),
    rests_on=st.lists(st.sampled_from(["InventoryReserved", "PaymentCharged"])),
)


@settings(deadline=None, max_examples=50)
@given(event=EVENTS)
def test_an_event_survives_the_round_trip_through_its_row(event: Event) -> None:
    read = from_row(dynamodb.from_wire(dynamodb.to_wire(to_row(event))))
    assert replace(read, rests_on=list(read.rests_on)) == event


def test_a_row_from_before_events_had_a_provenance_can_be_read() -> None:
    row = to_row(Event("o", "PaymentCharged", 1))
    assert not row.keys() & PROVENANCE.keys()
    assert from_row(row) == Event("o", "PaymentCharged", 1)


@settings(deadline=None, max_examples=50)
@given(event=EVENTS)
def test_an_event_id_is_a_valid_execution_name(event: Event) -> None:
    assert re.fullmatch(r"[A-Za-z0-9-]{1,80}", event.id)


def test_numbered_events_differ_in_their_id_and_share_their_kind() -> None:
    first, second = (Event("o", f"OrderParked#{n}", 1) for n in (1, 2))
    assert (first.id, second.id) == ("o-OrderParked-1", "o-OrderParked-2")
    assert first.kind == second.kind == "OrderParked"


def test_a_repeated_event_equals_the_first_and_is_marked_as_repeated() -> None:
    event = Event("o", "PaymentCharged", 1, {"amount": 5})
    assert event.as_repeated == event
    assert (event.summary["repeated"], event.as_repeated.summary["repeated"]) == (False, True)


def test_a_step_returns_only_the_order_and_the_event() -> None:
    event = Event("o", "PaymentCharged", 1, {"amount": 5, "intentId": "pi_1"})
    assert event.summary == {"orderId": "o", "event": "PaymentCharged", "repeated": False}


def test_sagas_are_spread_over_all_shards() -> None:
    orders = [str(uuid.UUID(int=n)) for n in range(1_000)]
    assert {shard(order_id) for order_id in orders} == {f"u#{n}" for n in range(SHARDS)}
    assert [shard(order_id) for order_id in orders] == [shard(order_id) for order_id in orders]


@pytest.mark.usefixtures("world")
def test_a_history_is_sorted_by_time() -> None:
    for at, event_type in enumerate(["Zeppelin", "Apple", "Motor#2", "Motor#1"]):
        world.put("EVENTS", to_row(Event("o", event_type, at)))
    history = eventlog.history("o")
    assert [event.type for event in history] == ["Zeppelin", "Apple", "Motor#2", "Motor#1"]
    assert history.count("Motor") == 2


@pytest.mark.usefixtures("world")
def test_the_next_event_is_later_than_all_others_even_if_the_clock_is_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world.put("EVENTS", to_row(Event("o", "OrderPlaced", 1_000)))
    monkeypatch.setattr(clock, "now", lambda: 1)
    event = eventlog.history("o").next("OrderConfirmed", Outcome.CONFIRMED, {}, state="ConfirmOrder")
    assert (event.at, event.saga, event.state, event.outcome) == (1_001, "order", "ConfirmOrder", "confirmed")


@pytest.mark.usefixtures("world")
def test_a_history_longer_than_a_page_is_read_completely() -> None:
    for n in range(25):
        world.put("EVENTS", to_row(Event("o", f"Large#{n}", n, {"text": "x" * 100_000})))
    assert eventlog.history("o").count("Large") == 25


@pytest.mark.usefixtures("world")
def test_an_order_without_events_has_an_empty_history() -> None:
    history = eventlog.history("unknown")
    assert (list(history), history.find("OrderPlaced")) == ([], None)
    with pytest.raises(UnknownSaga, match="unknown"):
        print(history.start)
