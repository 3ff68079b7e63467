"""What a confirmed order costs the events table, on which the calculation of the relay's capacity rests."""

import os
from typing import Any

import pytest

from sagakit import dynamodb, sweeping
from sagas import ORDER
from scripts import capacity
from tests.support import stream, world
from tests.support.execution import execute
from tests.support.template import template

pytestmark = pytest.mark.usefixtures("bus")


def units(api: str, request: dict[str, Any]) -> int:
    """Return the write units of a call on the events table: two for each part of a transaction, one for an update."""
    if api == "TransactWriteItems":
        parts = [next(iter(each.values())) for each in request["TransactItems"]]
        return 2 * sum(str(part["TableName"]) == os.environ["EVENTS_TABLE"] for part in parts)
    return int(api == "UpdateItem" and str(request["TableName"]) == os.environ["EVENTS_TABLE"])


def test_a_confirmed_order_writes_as_much_as_the_calculation_assumes(monkeypatch: pytest.MonkeyPatch) -> None:
    spent: list[int] = []
    make_call = dynamodb.client._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def counted(api: str, request: dict[str, Any]) -> Any:
        spent.append(units(api, request))
        return make_call(api, request)

    monkeypatch.setattr(dynamodb.client, "_make_api_call", counted)
    order_id = world.placed()
    stream.relay(*stream.records())
    execute(order_id)

    assert (len(world.events(order_id)), sum(spent)) == (capacity.events_of(ORDER), capacity.units_of(ORDER))


def test_the_calculation_knows_how_much_a_sweep_acts_on() -> None:
    assert capacity.MOST == sweeping.MOST


def test_the_api_admits_what_the_calculation_allows_and_twice_that_for_a_moment() -> None:
    (settings,) = template()["Resources"]["OrderApi"]["Properties"]["MethodSettings"]
    limits = settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]
    assert limits == (capacity.throttle(template()), 2 * capacity.throttle(template()))


@pytest.mark.parametrize("sweeper", ["SweepOrders", "SweepOutbox"])
def test_new_orders_and_those_that_are_swept_together_are_no_more_than_are_started(sweeper: str) -> None:
    admitted = capacity.admitted(template(), capacity.NEW_TABLE)
    swept = capacity.limits(template(), capacity.NEW_TABLE)[f"{sweeper}, after an outage"]
    assert swept + capacity.throttle(template()) <= admitted


def test_all_orders_of_an_outage_of_an_hour_are_resumed_before_their_deadline() -> None:
    assert 60 + capacity.minutes(template(), 60) < ORDER.deadline_seconds / 60
