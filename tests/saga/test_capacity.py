"""What the calculation of the relay's capacity rests on. The counts of an order are compared in test_cost.py."""

import pytest

from sagakit import sweeping
from sagas import ORDER, TRANSACTION
from scripts import capacity
from scripts.cost import counts
from tests.bench.cost.meter import by_place, metered
from tests.support import steps, stream, world
from tests.support.template import template


@pytest.mark.usefixtures("bus", "queues")
def test_a_transaction_takes_no_more_of_the_events_table_than_the_order_of_the_calculation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meter = metered(monkeypatch)
    with meter.running("transaction"):
        saga_id = world.transaction()
        stream.start(*stream.records())
        for state in [*(step.state for step in TRANSACTION.forward), TRANSACTION.name_for("Confirm{}")]:
            steps.call(state, saga_id)
    assert world.status(saga_id) == "CONFIRMED"
    assert 0 < capacity.written(by_place(meter.writes)) <= capacity.written(counts.read()[counts.CONFIRMED].writes)


def test_the_calculation_knows_how_much_a_sweep_acts_on() -> None:
    assert capacity.MOST == sweeping.MOST


def test_the_api_admits_what_the_calculation_allows_and_twice_that_for_a_moment() -> None:
    (settings,) = template()["Resources"]["OrderApi"]["Properties"]["MethodSettings"]
    limits = settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]
    assert limits == (capacity.throttle(template()), 2 * capacity.throttle(template()))


def test_new_orders_and_those_that_are_swept_together_are_no_more_than_are_started() -> None:
    admitted = capacity.admitted(template(), capacity.NEW_TABLE)
    swept = capacity.limits(template(), capacity.NEW_TABLE)["SweepOrders, after an outage"]
    assert swept + capacity.throttle(template()) <= admitted


def test_all_orders_of_an_outage_of_an_hour_are_resumed_before_their_deadline() -> None:
    assert 60 + capacity.minutes(template(), 60) < ORDER.deadline_seconds / 60
