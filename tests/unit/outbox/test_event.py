"""An event as a row, and the history that rows make."""

from __future__ import annotations

import re
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outbox import store

from sagakit import dynamodb
from sagakit.errors import UnknownSaga
from sagakit.event import SHARDS, Event, of_row, shard, to_row
from tests.support import world

EVENTS = st.builds(
    Event,
    st.uuids().map(str),
    st.sampled_from(["OrderPlaced", "OrderParked#1", "OrderResumed#12"]),
    st.integers(min_value=1, max_value=2**43),
    st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5) | st.integers(0, 10**12), max_size=3),
    st.booleans(),
)


@settings(deadline=None, max_examples=50)
@given(event=EVENTS)
def test_an_event_comes_back_from_its_row_as_it_was(event: Event) -> None:
    assert of_row(dynamodb.from_wire(dynamodb.to_wire(to_row(event)))) == event


@settings(deadline=None, max_examples=50)
@given(event=EVENTS)
def test_the_id_of_an_event_may_name_an_execution(event: Event) -> None:
    assert re.fullmatch(r"[A-Za-z0-9-]{1,80}", event.id)


def test_events_of_different_numbers_have_different_ids_and_the_same_kind() -> None:
    first, second = (Event("o", f"OrderParked#{n}", 1) for n in (1, 2))
    assert (first.id, second.id) == ("o-OrderParked-1", "o-OrderParked-2")
    assert first.kind == second.kind == "OrderParked"


def test_an_event_again_is_the_same_event_and_says_so() -> None:
    event = Event("o", "PaymentCharged", 1, {"amount": 5})
    assert event.again == event
    assert (event.summary["repeated"], event.again.summary["repeated"]) == (False, True)


def test_a_step_answers_with_nothing_but_what_happened_to_which_order() -> None:
    event = Event("o", "PaymentCharged", 1, {"amount": 5, "intentId": "pi_1"})
    assert event.summary == {"orderId": "o", "event": "PaymentCharged", "repeated": False}


def test_orders_are_spread_over_all_shards() -> None:
    orders = [str(uuid.UUID(int=n)) for n in range(1_000)]
    assert {shard(order_id) for order_id in orders} == {f"u#{n}" for n in range(SHARDS)}
    assert [shard(order_id) for order_id in orders] == [shard(order_id) for order_id in orders]


@pytest.mark.usefixtures("world")
def test_a_history_is_told_by_time_and_not_by_name() -> None:
    for at, event_type in enumerate(["Zeppelin", "Apple", "Motor#2", "Motor#1"]):
        world.put("EVENTS", to_row(Event("o", event_type, at)))
    history = store.history("o")
    assert [event.type for event in history] == ["Zeppelin", "Apple", "Motor#2", "Motor#1"]
    assert (history.last_at, history.count("Motor")) == (3, 2)


@pytest.mark.usefixtures("world")
def test_a_history_longer_than_a_page_is_read_to_its_end() -> None:
    for n in range(25):
        world.put("EVENTS", to_row(Event("o", f"Large#{n}", n, {"text": "x" * 100_000})))
    assert store.history("o").count("Large") == 25


@pytest.mark.usefixtures("world")
def test_an_order_without_events_has_an_empty_history() -> None:
    history = store.history("nobody")
    assert (list(history), history.last_at, history.find("OrderPlaced")) == ([], 0, None)
    with pytest.raises(UnknownSaga, match="no OrderPlaced on record"):
        history["OrderPlaced"]
