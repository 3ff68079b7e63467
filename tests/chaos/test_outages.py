"""Outages as long as in life, while orders come in. They take minutes, so `make chaos` runs them."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pytest

from saga.operations import circuit
from saga.reconcile.run import check
from tests.chaos.test_chaos import place_at_a_steady_rate
from tests.e2e.outages import bus_denied, gateway_down, throttled
from tests.e2e.shop import Shop, eventually
from tests.e2e.test_outages import assert_no_event_is_lost

ENDS = {"pm_ok": "CONFIRMED", "pm_declined": "FAILED", "pm_flaky": "CONFIRMED", "pm_slow": "CONFIRMED"}
OUTAGES: dict[str, tuple[Callable[[Shop], AbstractContextManager[None]], int]] = {
    "no gateway for two minutes": (gateway_down, 120),
    "no ProcessPayment for a minute": (partial(throttled, function="ProcessPaymentFunction"), 60),
}
LONGER = 10  # seconds for which orders come in after the outage
RATE = 0.5  # orders a second: all that wait are tried again at once, which two cores must bear


@contextmanager
def for_seconds(outage: AbstractContextManager[None], seconds: float) -> Iterator[None]:
    """Let the outage last so long beside the block."""

    def last() -> None:
        with outage:
            time.sleep(seconds)

    thread = threading.Thread(target=last)
    thread.start()
    yield
    thread.join()


@contextmanager
def watched(shop: Shop, states: set[str]) -> Iterator[None]:
    """Collect the states of the circuit breaker during the block."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1):
            states.add(circuit.breaker(shop.stack).state)

    thread = threading.Thread(target=watch)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.mark.parametrize("outage", OUTAGES)
def test_all_orders_of_an_outage_end_by_themselves_as_they_would_have(uncapped_shop: Shop, outage: str) -> None:
    shop, (down, seconds) = uncapped_shop, OUTAGES[outage]
    tokens = list(itertools.islice(itertools.cycle(ENDS), int(RATE * (seconds + LONGER))))
    shop.stock(outage, 2 * len(tokens))
    states = set[str]()
    with for_seconds(down(shop), seconds), watched(shop, states):
        orders = place_at_a_steady_rate(shop, [shop.order(outage, 1, token) for token in tokens], RATE)
    eventually(lambda: not shop.pending(orders), "some orders did not end by themselves", patience=900)

    assert [shop.get(order_id)["status"] for order_id in orders] == [ENDS[token] for token in tokens]
    assert check(shop.stack) == []
    assert ("OPEN" in states) == (down is gateway_down)
    print(f"{len(orders)} orders during {outage}: none lost, none parked; the circuit was {', '.join(sorted(states))}")


def test_no_event_is_lost_to_a_bus_that_is_denied_for_a_dozen_sweeps(uncapped_shop: Shop) -> None:
    assert_no_event_is_lost(uncapped_shop, bus_denied, orders=10)


@pytest.mark.parametrize("more", [0, 4])
@pytest.mark.parametrize("token", ["pm_processing", "pm_slow"])
def test_twenty_of_twenty_orders_are_confirmed_with_one_charge(uncapped_shop: Shop, token: str, more: int) -> None:
    shop = uncapped_shop
    orders = shop.place_all(shop.order("monitor", 1, token) for _ in range(20))
    for order_id in orders:
        shop.start_again(order_id, times=more)
    eventually(lambda: not shop.pending(orders), "some orders did not end by themselves", patience=900)

    assert [shop.get(order_id)["status"] for order_id in orders] == ["CONFIRMED"] * 20
    assert [shop.net_charge(order_id) for order_id in orders] == [34999] * 20
    assert check(shop.stack) == []
