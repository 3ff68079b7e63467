"""A decision rests on the newest history: if an event is recorded meanwhile, it is made anew."""

from collections.abc import Callable

import pytest

from sagakit import eventlog, guard, resuming
from sagakit.errors import Overtaken, TransientError
from sagakit.event import History
from sagakit.eventlog import OVERTAKEN_AT_MOST
from sagakit.parking import park
from sagakit.reason import Reason
from sagas import ORDER
from tests.support import meanwhile, steps, world
from tests.support.stopped_clock import StoppedClock

pytestmark = pytest.mark.usefixtures("world")


def recovered(order_id: str) -> None:
    resuming.recover(eventlog.history(order_id), guard.read(order_id), Reason("ExecutionLost"))


def test_a_decision_that_was_overtaken_is_made_anew_by_the_newest_history() -> None:
    order_id, seen = world.placed(), list[tuple[str, ...]]()

    def decision(history: History) -> str:
        seen.append(tuple(event.type for event in history))
        if len(seen) == 1:
            steps.reserve(order_id)
            raise Overtaken
        return "decided"

    assert eventlog.decide(order_id, decision) == "decided"
    assert seen == [("OrderPlaced",), ("OrderPlaced", "InventoryReserved")]


def test_a_decision_that_fails_otherwise_is_not_made_anew() -> None:
    made: list[History] = []

    def decision(history: History) -> None:
        made.append(history)
        raise TransientError("the gateway answered 503")

    with pytest.raises(TransientError, match="503"):
        eventlog.decide(world.placed(), decision)
    assert len(made) == 1


def torn(monkeypatch: pytest.MonkeyPatch, missing: str, reads: int) -> None:
    """Let so many reads of a history miss an event, as a query may that runs while events are recorded."""
    read, left = eventlog._read, iter(range(reads))  # noqa: SLF001

    def query(saga_id: str) -> History:
        events = read(saga_id).events
        return History(saga_id, tuple(each for each in events if each.type != missing or next(left, None) is None))

    monkeypatch.setattr(eventlog, "_read", query)


def test_a_history_that_misses_an_event_between_two_others_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = world.placed()
    steps.reserve(order_id)
    steps.cancel(order_id)
    torn(monkeypatch, "InventoryReserved", reads=2)
    steps.release(order_id)
    assert world.available() == world.STOCK


def test_a_history_that_always_misses_an_event_is_not_acted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = world.placed()
    steps.reserve(order_id)
    steps.cancel(order_id)
    torn(monkeypatch, "InventoryReserved", reads=OVERTAKEN_AT_MOST)
    with pytest.raises(TransientError, match="in part"):
        steps.release(order_id)
    assert "InventoryReleased" not in world.events(order_id)


def test_events_from_before_they_named_their_predecessors_are_a_whole_history() -> None:
    order_id = steps.confirmed()
    for row in world.rows("EVENTS"):
        world.put("EVENTS", {name: value for name, value in row.items() if name != "after"})
    assert eventlog.history(order_id).is_whole


@pytest.mark.parametrize("state", steps.states(ORDER))
def test_a_state_that_never_sees_the_newest_event_gives_up_for_now_and_records_nothing(
    monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    order_id = steps.before(state)
    old, reads = eventlog.history(order_id), list[str]()
    recovered(order_id)
    before, events = world.snapshot(), world.events(order_id)

    def stale(saga_id: str) -> History:
        reads.append(saga_id)
        return old

    with monkeypatch.context() as patch:
        patch.setattr(eventlog, "history", stale)
        with pytest.raises(TransientError, match="one event after the other"):
            steps.call(state, order_id)
    assert (len(reads), world.events(order_id)) == (OVERTAKEN_AT_MOST, events)
    if state not in {"ProcessPayment", "RefundPayment"}:  # what the gateway did will be found by the next attempt
        assert world.snapshot() == before
    assert not steps.call(state, order_id)["repeated"]


@pytest.mark.parametrize("state", [*steps.states(ORDER), "ConfirmOrder"])
def test_a_state_that_a_resume_overtakes_is_recorded_after_it(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    order_id = steps.before(state)
    meanwhile.before(monkeypatch, "transact_write_items", lambda: recovered(order_id))
    answer = steps.call(state, order_id)
    events = world.events(order_id)
    assert events.index("OrderResumed#1") < events.index(str(answer["event"]))
    assert (len(events), answer["repeated"]) == (len(set(events)), False)


def test_parking_that_a_step_overtakes_tells_that_the_step_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    order_id = steps.cancelling()
    row = guard.read(order_id)
    meanwhile.before(monkeypatch, "transact_write_items", lambda: steps.release(order_id))
    eventlog.decide(order_id, lambda history: park(history, row, {}))
    assert guard.read(order_id)["parked"]["undone"] == ["InventoryReleased"]


# --- Rows from before ----------------------------------------------------------------------------------------------


def older(order_id: str) -> None:
    """Give the row the time of the order's first event, as it was when only decisions changed it."""
    row = guard.read(order_id)
    world.put("SAGAS", {**row, "updatedAt": row["createdAt"], "byStatus": f"{row['status']}#{row['shard']}"})


@pytest.mark.parametrize("state", [*steps.states(ORDER), "ConfirmOrder"])
def test_every_state_takes_effect_on_a_row_that_is_older_than_the_newest_event(still: StoppedClock, state: str) -> None:
    order_id = steps.before(state)
    older(order_id)
    still.advance(1)
    assert not steps.call(state, order_id)["repeated"]
    assert guard.read(order_id)["updatedAt"] == eventlog.history(order_id).events[-1].at


@pytest.mark.parametrize(
    ("bring", "decide", "listed"),
    [
        (steps.paid, steps.confirm, ""),
        (steps.paid, steps.cancel, ""),
        (lambda: steps.paused(steps.paid), lambda order_id: resuming.resume(order_id, "hope"), ""),
        (lambda: steps.before("FailOrder"), steps.fail, "FAILED"),
        (steps.cancelling, steps.give_up, "PARKED"),
    ],
    ids=["confirmed", "cancelled", "resumed", "failed", "parked"],
)
def test_a_row_that_is_listed_under_its_status_from_before_is_listed_only_if_it_failed_or_is_parked(
    bring: Callable[[], str], decide: Callable[[str], object], listed: str
) -> None:
    order_id = bring()
    older(order_id)
    decide(order_id)
    assert guard.read(order_id).get("byStatus", "").partition("#")[0] == listed


def test_an_event_from_before_that_is_on_the_index_of_events_to_start_is_read_as_any_other() -> None:
    order_id = world.placed()
    before = list(eventlog.history(order_id))
    world.put("EVENTS", {**world.event_row(order_id), "undispatched": "u#3"})
    assert list(eventlog.history(order_id)) == before
