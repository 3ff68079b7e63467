"""Outages cost no order: while something is down, orders wait, and then they all end as they would have."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pytest

from tests.e2e.outages import bus_down, bus_slow, gateway_down, throttled
from tests.e2e.shop import Shop, eventually
from tests.support.template import tasks

type Outage = Callable[[Shop], AbstractContextManager[None]]

ENDS = {"pm_ok": "CONFIRMED", "pm_declined": "FAILED", "pm_flaky": "CONFIRMED"}
FUNCTIONS: dict[str, Outage] = {f"no {state}": partial(throttled, function=f"{state}Function") for state in tasks()}
OUTAGES: dict[str, Outage] = {"no gateway": gateway_down, "no bus": bus_down, **FUNCTIONS}
SWEEPS = 12


@pytest.mark.parametrize("outage", OUTAGES)
def test_no_order_is_lost_to_an_outage(shop: Shop, outage: str) -> None:
    bodies = [shop.order("PROD-002", 1, token) for token in ENDS]
    with OUTAGES[outage](shop):
        orders = shop.place_all(bodies)
        eventually(lambda: not running(shop, orders), "some executions did not end")
    shop.all_end(orders)

    assert [shop.get(order_id)["status"] for order_id in orders] == list(ENDS.values())
    assert [shop.net_charge(order_id) for order_id in orders] == [19999, 0, 19999]
    assert shop.violations() == []


def running(shop: Shop, orders: list[str]) -> list[str]:
    """Return the orders whose saga has not been started yet or whose execution runs."""
    executions = shop.executions()
    started = {order_id for order_id, _ in executions}
    at_work = {order_id for order_id, status in executions if status == "RUNNING"}
    return [order_id for order_id in orders if order_id in at_work or order_id not in started]


def test_no_event_is_lost_to_a_bus_that_is_down_for_a_dozen_sweeps(shop: Shop) -> None:
    assert_no_event_is_lost(shop, bus_down, orders=3)


def assert_no_event_is_lost(shop: Shop, outage: Outage, orders: int) -> None:
    """Place orders during an outage of the bus, sweep a dozen times, and wait for their events after it."""
    with listening(shop) as heard:
        with outage(shop):
            placed = shop.place_all(shop.order("monitor", 1) for _ in range(orders))
            for order_id in placed:
                assert shop.ended(order_id)["status"] == "CONFIRMED"
            for _ in range(SWEEPS):
                shop.sweep()
                shop.sweep_outbox()
        expected = {f"{order_id}-{event}" for order_id in placed for event in shop.events(order_id)}
        eventually(lambda: heard() >= expected, "some events were not published")
    assert [row for row in shop.rows("EventsTable") if row.get("undispatched") == "set aside"] == []


def test_all_overdue_orders_are_looked_after_in_the_first_sweep_however_slow_the_bus_is(shop: Shop) -> None:
    with bus_slow(shop, seconds=3), shop.relay_off():
        orders = shop.place_all(shop.order("monitor", 1) for _ in range(41))
        for order_id in orders:
            shop.make_overdue(order_id)
        assert shop.sweep()["lookedAfter"] >= len(orders)
        assert {shop.get(order_id)["status"] for order_id in orders} == {"CANCELLING"}
    shop.all_end(orders)
    assert {shop.get(order_id)["status"] for order_id in orders} == {"FAILED"}


@pytest.mark.parametrize("token", ["pm_processing", "pm_slow"])
def test_an_order_is_confirmed_with_one_charge_even_if_five_executions_wait_for_the_gateway(
    shop: Shop, token: str
) -> None:
    orders = shop.place_all(shop.order("monitor", 1, token) for _ in range(4))
    for order_id in orders[:2]:
        shop.start_again(order_id, times=4)
    shop.all_end(orders)

    assert {shop.get(order_id)["status"] for order_id in orders} == {"CONFIRMED"}
    assert {shop.net_charge(order_id) for order_id in orders} == {34999}
    assert shop.violations() == []


@contextmanager
def listening(shop: Shop) -> Iterator[Callable[[], set[str]]]:
    """Subscribe to the bus, and yield a function that returns the ids of the events that it has delivered so far."""
    sqs, events, bus = shop.client("sqs"), shop.client("events"), shop.stack.outputs["EventBusName"]
    queue = sqs.create_queue(QueueName=f"listening-{uuid.uuid4()}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="listening", EventBusName=bus, EventPattern=json.dumps({"source": ["order-saga"]}))
    events.put_targets(Rule="listening", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    delivered: set[str] = set()

    def heard() -> set[str]:
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            delivered.update(json.loads(message["Body"])["detail"]["eventId"] for message in messages)
        return delivered

    yield heard
    events.remove_targets(Rule="listening", EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name="listening", EventBusName=bus)
    sqs.delete_queue(QueueUrl=queue)
