"""The sweeper of the sagas that are due, and the report on what waits for the sweepers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sagakit import dynamodb, guard, sweeping
from sagakit.relay import publishing
from sagakit.relay.outbox import SET_ASIDE
from sagakit.sweeping import PARTS
from tests.support import steps, stream, world
from tests.support.lambdas import Context, handler
from tests.support.stopped_clock import HOUR, MINUTE, SECOND, StoppedClock

pytestmark = pytest.mark.usefixtures("bus")

AMPLE, SHORT = (Context(remaining_ms=left) for left in (55_000, 9_999))


def sweep(context: Context = AMPLE, **event: int) -> int:
    return int(handler("SweepOrdersFunction")(event, context)["lookedAfter"])


def paused() -> str:
    return steps.paused(world.placed, "ProcessPayment")


def overdue(still: StoppedClock, number: int) -> list[str]:
    """Return orders of which the execution must have ended."""
    orders = [steps.before("ProcessPayment") for _ in range(number)]
    still.advance(HOUR)
    return orders


def statuses(orders: list[str]) -> set[str]:
    return {world.status(order_id) for order_id in orders}


@pytest.mark.parametrize(
    ("bring", "attribute", "event"),
    [
        (paused, "dueAt", "OrderResumed#1"),
        (paused, "deadlineAt", "OrderCancelling"),
        (lambda: steps.paused(steps.cancelling), "dueAt", "OrderResumed#1"),
        (steps.cancelling, "deadlineAt", "OrderParked#1"),
    ],
    ids=["resumed", "cancelled", "compensation resumed", "parked"],
)
def test_an_order_that_is_due_is_looked_after(
    still: StoppedClock, bring: Callable[[], str], attribute: str, event: str
) -> None:
    order_id = bring()
    still.now = guard.read(order_id)[attribute]
    before = world.events(order_id)
    if attribute == "dueAt":
        assert (sweep(), world.events(order_id)) == (0, before)
    still.advance(1)
    assert (sweep(), world.events(order_id)) == (1, [*before, event])
    assert sweep() == 0


def test_orders_that_have_ended_or_are_parked_are_not_swept(still: StoppedClock) -> None:
    for bring in (steps.confirmed, steps.failed, steps.parked):
        bring()
    still.advance(1_000 * HOUR)
    assert sweep() == 0


def test_without_enough_time_nothing_is_started(still: StoppedClock) -> None:
    order_id = paused()
    still.advance(MINUTE)
    assert (sweep(SHORT), world.events(order_id)) == (0, ["OrderPlaced"])


@pytest.mark.parametrize(("attribute", "status"), [("dueAt", "PENDING"), ("deadlineAt", "CANCELLING")])
def test_41_orders_are_all_looked_after_in_one_sweep_while_the_bus_is_dead(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock, attribute: str, status: str
) -> None:
    orders = [world.placed() for _ in range(41)]
    monkeypatch.delattr(publishing, "bus")  # any use of it fails
    still.now = guard.read(orders[-1])[attribute] + 1
    assert sweep() == 41
    assert statuses(orders) == {status}
    assert {guard.read(order_id)["dueAt"] > still.now for order_id in orders} == {True}
    assert len(stream.executions()) == (41 if status == "PENDING" else 0)  # the stream starts the others
    assert sweep() == 0


def test_the_four_sweeps_together_look_after_every_order_once(still: StoppedClock) -> None:
    orders = overdue(still, 12)
    swept = [sweep(part=part) for part in range(PARTS)]
    assert (sum(swept), max(swept) < 12) == (12, True)
    assert {world.events(order_id)[-1] for order_id in orders} == {"OrderResumed#1"}


def test_a_sweep_looks_after_no_more_than_is_left_free_and_the_longest_overdue_first(
    monkeypatch: pytest.MonkeyPatch, still: StoppedClock
) -> None:
    monkeypatch.setattr(sweeping, "MOST", 2)
    orders = overdue(still, 5)
    longest_first = [orders[n] for n in (3, 0, 4, 1, 2)]
    for order_id in longest_first:
        world.put("SAGAS", {**guard.read(order_id), "dueAt": still.now})
        still.advance(SECOND)
    for count in (2, 4, 5, 5):
        sweep()
        assert [len(world.events(order_id)) for order_id in longest_first] == [3] * count + [2] * (5 - count)


def test_an_order_that_fails_does_not_block_the_others_and_is_left_for_the_next_sweep(still: StoppedClock) -> None:
    broken, *others = overdue(still, 3)
    order, event = guard.read(broken), world.event_row(broken)
    world.put("EVENTS", {name: value for name, value in event.items() if name != "at"})
    assert sweep() == 2
    assert {world.events(order_id)[-1] for order_id in others} == {"OrderResumed#1"}
    assert guard.read(broken) == order
    world.put("EVENTS", event)
    assert sweep() == 1


def test_a_throttled_order_is_left_for_the_next_sweep(monkeypatch: pytest.MonkeyPatch, still: StoppedClock) -> None:
    paused()
    still.advance(MINUTE)

    def throttled(**_: object) -> None:
        error: Any = {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {}}
        raise ClientError(error, "TransactWriteItems")

    with monkeypatch.context() as patch:
        patch.setattr(dynamodb.client, "transact_write_items", throttled)
        assert sweep() == 0
    assert sweep() == 1


# --- The report ----------------------------------------------------------------------------------------------------


def report(capsys: pytest.CaptureFixture[str]) -> tuple[int, int]:
    """Return the ages that the report publishes: of the oldest event set aside, and of the longest overdue order."""
    capsys.readouterr()
    ages = handler("ReportBacklogFunction")(steps.sample("report_backlog"), Context())
    metrics: dict[str, Any] = {}
    for line in capsys.readouterr().out.splitlines():
        metrics |= json.loads(line)
    (set_aside,), (late,) = metrics["OldestUndispatchedEventAge"], metrics["OldestOverdueAge"]
    assert ages == {"undispatched": set_aside, "overdue": late}
    return set_aside, late


def test_both_ages_are_zero_if_nothing_waits(still: StoppedClock, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(capsys) == (0, 0)
    steps.confirmed()
    steps.parked()
    paused()
    still.advance(9 * SECOND)
    assert report(capsys) == (0, 0)


@pytest.mark.parametrize(("where", "age"), [(SET_ASIDE, HOUR), ("u#0", 0)], ids=["set aside", "from before"])
def test_the_ages_are_those_of_the_oldest_event_that_is_set_aside_and_of_the_longest_overdue_order(
    still: StoppedClock, capsys: pytest.CaptureFixture[str], where: str, age: int
) -> None:
    order_id = world.placed()
    world.put("EVENTS", {**world.event_row(order_id), "undispatched": where})
    still.advance(HOUR)
    world.placed()
    assert report(capsys) == (age, HOUR - MINUTE)


def test_the_report_changes_nothing(still: StoppedClock, capsys: pytest.CaptureFixture[str]) -> None:
    world.placed()
    still.advance(HOUR)
    before = world.everything()
    report(capsys)
    assert world.everything() == before
