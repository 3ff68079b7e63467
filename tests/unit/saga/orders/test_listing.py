"""Finding orders: an index answers every filter, and no table is scanned."""

from itertools import combinations_with_replacement, count
from typing import Any

import pytest

from saga.orders.listing import STATUSES, Filter, find, newest
from saga.stack import tables
from saga.stack.stack import Stack
from sagakit import clock
from tests.support import steps, world

FIRST = 1_767_225_600_000


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch, stack: Stack) -> Stack:
    """Return a stack with orders in every status, some of them paused, placed at different milliseconds."""
    ticks = count(FIRST)
    monkeypatch.setattr(clock, "now", lambda: next(ticks))
    world.placed(product_id="laptop", customer="ann")
    world.placed(product_id="monitor", customer="ben")
    confirm(world.placed(product_id="monitor", customer="ann"))
    undo(world.placed("pm_declined", customer="ben"), "PaymentDeclined", steps.reserve, steps.process)
    undo(world.placed(quantity=world.STOCK + 1, customer="ann"), "InsufficientStock", steps.reserve)
    park(world.placed("pm_declined", customer="ben"))
    steps.pause(world.placed(product_id="laptop", customer="ben"))
    steps.pause(cancelled(world.placed(customer="ann")), "RefundPayment")
    return stack


def confirm(order_id: str) -> None:
    for step in (steps.reserve, steps.process, steps.confirm):
        step(order_id)


def undo(order_id: str, error: str, *forward: steps.Step) -> None:
    for step in forward:
        steps.outcome(step, order_id)
    steps.cancel(order_id, error, "as it is")
    for step in (steps.refund, steps.release, steps.fail):
        step(order_id)


def park(order_id: str) -> None:
    steps.give_up(cancelled(order_id))


def cancelled(order_id: str) -> str:
    steps.cancel(order_id, "PaymentDeclined", "as it is")
    return order_id


def expected(wanted: Filter) -> list[str]:
    """Return the IDs by looking at every row."""
    found = [row for row in world.rows("SAGAS") if fits(row, wanted)]
    return [row["orderId"] for row in sorted(found, key=lambda row: -row["createdAt"])][: wanted.limit]


def fits(row: dict[str, Any], wanted: Filter) -> bool:
    status = "PARKED" if "parked" in row else row["status"]
    products = {line["productId"] for line in row["items"]}
    return (
        (wanted.status in (None, status) or (wanted.status == "PAUSED" and "paused" in row))
        and (wanted.customer is None or row["customerId"] == wanted.customer)
        and (wanted.product is None or wanted.product in products)
        and (wanted.error is None or row.get("reason", {}).get("reason") == wanted.error)
        and (wanted.since is None or row["createdAt"] >= wanted.since)
        and (wanted.until is None or row["createdAt"] <= wanted.until)
    )


def test_every_pair_of_filters_finds_what_a_scan_finds(orders: Stack) -> None:
    times = sorted(row["createdAt"] for row in world.rows("SAGAS"))
    parts: list[dict[str, Any]] = [
        *({"status": status} for status in STATUSES),
        *({"customer": "ben"}, {"product": "monitor"}, {"error": "PaymentDeclined"}),
        *({"since": times[1]}, {"until": times[4]}, {"limit": 2}),
    ]
    filters = [Filter(**{**one, **other}) for one, other in combinations_with_replacement(parts, 2)]
    wrong = [each for each in filters if [order["orderId"] for order in find(orders, each)] != expected(each)]
    assert wrong == []
    assert {each.status for each in filters if expected(each)} >= set(STATUSES)


def test_an_order_that_is_being_tried_again_is_still_found_as_paused(stack: Stack) -> None:
    order_id = steps.paused()
    steps.call("ResumeOrder", order_id, reason="it works again")
    ((found,), none) = (list(find(stack, Filter(status))) for status in ("PAUSED", "CANCELLING"))
    assert (found["orderId"], found["status"], none) == (order_id, "PENDING", [])


def test_an_order_that_an_older_version_listed_under_its_status_is_found_once(orders: Stack) -> None:
    for row in world.rows("SAGAS"):
        world.put("SAGAS", {**row, "byStatus": f"{'PARKED' if 'parked' in row else row['status']}#{row['shard']}"})
    for status in STATUSES:
        assert [order["orderId"] for order in find(orders, Filter(status))] == expected(Filter(status))


def test_a_parked_order_is_looked_for_among_the_parked_ones_whatever_its_reason(orders: Stack) -> None:
    indexes: list[str | None] = []
    events = tables.client(orders.session).meta.events
    events.register("provide-client-params.dynamodb.Query", lambda params, **_: indexes.append(params.get("IndexName")))
    assert [order["status"] for order in find(orders, Filter("PARKED", error="PaymentDeclined"))] == ["CANCELLING"]
    assert set(indexes) == {"status"}


def test_a_customer_called_paused_is_found(stack: Stack) -> None:
    order_id = world.placed(customer="PAUSED")
    assert [order["orderId"] for order in find(stack, Filter(customer="PAUSED"))] == [order_id]


def test_no_table_is_scanned(orders: Stack) -> None:
    operations: set[str] = set()
    events = tables.client(orders.session).meta.events
    events.register("before-call.dynamodb", lambda model, **_: operations.add(model.name))
    others = (Filter(), Filter(customer="ann"), Filter(product="laptop"), Filter(error="x"))
    for wanted in (*map(Filter, STATUSES), *others):
        list(find(orders, wanted))
    assert operations == {"Query", "BatchGetItem"}


def test_impossible_filters_find_nothing(orders: Stack) -> None:
    filters = [Filter(**{name: ""}) for name in ("status", "customer", "product", "error")]  # type: ignore[arg-type]
    filters += [Filter("LOST"), Filter(customer="nobody"), Filter(since=10**18), Filter(until=-1)]
    assert [list(find(orders, wanted)) for wanted in filters] == [[]] * len(filters)


def test_a_row_that_has_changed_since_the_index_was_read_is_left_out(
    orders: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = tables.rows
    monkeypatch.setattr(tables, "rows", lambda *request: ({**row, "status": "CONFIRMED"} for row in read(*request)))
    assert list(find(orders, Filter(status="PENDING"))) == []


def test_the_newest_ids_come_first(orders: Stack) -> None:
    assert list(newest(orders, 160)) == expected(Filter())
    assert next(newest(orders, 16)) == expected(Filter())[0]


def placed(shards: int, each: int) -> list[str]:
    """Place so many orders in some shards of the index, and return their IDs, newest first."""
    order_id = world.placed()
    (row,) = world.rows("SAGAS")
    world.remove("SAGAS", orderId=order_id)
    ids = [f"order-{number:03d}" for number in range(shards * each)]
    for number, each_id in enumerate(ids):  # two in a millisecond
        shard = {"orderId": each_id, "shard": tables.SHARDS[number // 2 % shards], "createdAt": FIRST + number // 2}
        world.put("SAGAS", {**row, **shard})
    return sorted(ids, reverse=True)


def test_of_each_shard_only_its_share_of_the_newest_is_read(stack: Stack) -> None:
    ids, read = placed(shards=16, each=10), list[int]()
    events = tables.client(stack.session).meta.events
    events.register("after-call.dynamodb.Query", lambda parsed, **_: read.append(len(parsed["Items"])))
    assert [order["orderId"] for order in find(stack, Filter(limit=32))] == ids[:32]
    assert read == [6] * 16


@pytest.mark.parametrize("shards", [1, 2, 3])
def test_a_shard_with_more_than_its_share_of_the_newest_is_read_on(stack: Stack, shards: int) -> None:
    ids = placed(shards, each=12)
    for limit in (1, 11, 12, 100):
        assert [order["orderId"] for order in find(stack, Filter(limit=limit))] == ids[:limit]
