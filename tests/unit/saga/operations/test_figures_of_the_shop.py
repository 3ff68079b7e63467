"""Stock, throughput and latency."""

import pytest

from saga.operations.latency import Latency
from saga.operations.throughput import throughput
from saga.stack.products import products
from saga.stack.stack import Stack
from saga.text import times
from tests.support import steps, world
from tests.unit.saga.operations.test_parked_orders import park

NOON = 1_767_268_800_000  # 2026-01-01T12:00:00Z
MINUTE = 60_000


def order(number: int, created: int, status: str = "CONFIRMED", took: int = 1000, **more: object) -> None:
    """Write an order's row with what the figures need."""
    times = {"createdAt": created, "updatedAt": created + took}
    world.put("SAGAS", {"orderId": f"o-{number}", "shard": f"u#{number % 16}", "status": status, **times, **more})


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the time to half a minute past noon."""
    monkeypatch.setattr(times, "now", lambda: NOON + MINUTE // 2)


def test_products_have_the_pieces_that_orders_hold(stack: Stack) -> None:
    steps.confirmed()
    found = {product.product_id: product for product in products(stack)}
    assert list(found) == sorted(world.PRICES)
    monitor = found["monitor"]
    assert (monitor.price, monitor.available, monitor.held, monitor.stocked) == (34999, 98, 2, 100)


@pytest.mark.usefixtures("noon")
def test_each_minute_counts_the_orders_placed_in_it(stack: Stack) -> None:
    order(1, NOON - MINUTE)
    order(2, NOON - 1, "FAILED")
    order(3, NOON)
    order(4, NOON + 1, "CANCELLING", parked={"at": NOON})
    order(5, NOON + 2, "PENDING")
    order(6, NOON + 3, "PENDING", paused={"since": NOON})
    found = throughput(stack, minutes=3)
    assert [(each.start, each.accepted) for each in found.minutes] == [
        (NOON - 2 * MINUTE, 0),
        (NOON - MINUTE, 2),
        (NOON, 4),
    ]
    last = found.minutes[-1]
    assert (last.confirmed, last.failed, last.parked, last.paused, last.open) == (1, 0, 1, 1, 1)
    assert (found.total.accepted, found.total.failed) == (6, 1)


@pytest.mark.usefixtures("noon")
def test_earlier_orders_do_not_count(stack: Stack) -> None:
    order(1, NOON - 1)
    assert throughput(stack, minutes=1).total.accepted == 0


@pytest.mark.usefixtures("noon")
def test_latency_covers_orders_that_ended(stack: Stack) -> None:
    order(1, NOON, took=100)
    order(2, NOON, "FAILED", took=300)
    order(3, NOON, "PENDING", took=0)
    assert throughput(stack, minutes=1).total.latency == Latency(100, 300, 300, 300)


def test_without_orders_there_is_no_latency(stack: Stack) -> None:
    total = throughput(stack, minutes=2).total
    assert (total.accepted, total.latency) == (0, None)


def test_orders_written_by_the_functions_are_counted(stack: Stack) -> None:
    steps.confirmed()
    steps.failed()
    park()
    world.placed()
    total = throughput(stack, minutes=2).total
    assert (total.accepted, total.confirmed, total.failed, total.parked, total.open) == (4, 1, 1, 1, 1)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([7], Latency(7, 7, 7, 7)),
        ([3, 1, 2], Latency(2, 3, 3, 3)),
        (range(1, 101), Latency(50, 95, 99, 100)),
        (range(1, 1001), Latency(500, 950, 990, 1000)),
    ],
)
def test_percentiles_are_samples(samples: list[int], expected: Latency) -> None:
    assert Latency.of(samples) == expected


def test_no_samples_have_no_percentiles() -> None:
    assert Latency.of([]) is None
