"""Two hundred orders in flight while everything fails. Afterwards, everything reconciles."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor

from saga.engine.process import Engine
from tests.chaos.mishaps import mishaps
from tests.e2e.shop import Json, Shop, has_ended
from tests.e2e.test_races import record
from tests.e2e.test_recovery import executions

ORDERS = 200
RATE = 2  # orders per second: as many as two cores can handle
TOKENS = ("pm_ok", "pm_ok", "pm_declined", "pm_flaky", "pm_slow", "pm_processing", "pm_late_decline", "pm_refund_down")
SOON, LATER = 15, 90  # seconds


def test_orders_survive_killed_functions_aborted_executions_a_relay_that_is_off_and_a_restart(
    engine: Engine, shop: Shop
) -> None:
    shop.stock("chaos", ORDERS * 2)
    bodies = [shop.order("chaos", 1, token) for token in itertools.islice(itertools.cycle(TOKENS), ORDERS)]
    with mishaps(shop, engine) as before:
        orders = place_at_a_steady_rate(shop, bodies[: ORDERS // 2])
    engine.stop()
    engine.start()
    with mishaps(shop, engine) as after:
        orders += place_at_a_steady_rate(shop, bodies[ORDERS // 2 :])
    deliver_everything_again(shop)
    shop.let_time_pass()
    print(f"{before} {after} {shop.outcomes()}")
    assert all((before + after)[each] for each in ("kill", "abort", "relay_outage"))
    assert [order for order in orders if not has_ended(shop.row("OrdersTable", {"orderId": order}))] == []
    assert shop.violations() == []


def place_at_a_steady_rate(shop: Shop, bodies: list[Json], rate: float = RATE) -> list[str]:
    with ThreadPoolExecutor(len(bodies)) as pool:
        placing = []
        for body in bodies:
            placing.append(pool.submit(shop.place_with_retries, body))
            time.sleep(1 / rate)
        return [each.result() for each in placing]


def deliver_everything_again(shop: Shop) -> None:
    """Deliver every record of the stream to both consumers again, ten at a time."""
    rows = shop.rows("EventsTable")
    starts = [row for row in rows if row["startsSaga"]]
    for function, some in (("StartSagasFunction", starts), ("PublishEventsFunction", rows)):
        for batch in itertools.batched(map(record, some), 10, strict=False):
            shop.invoke(function, {"Records": list(batch)})


def test_a_declined_order_has_as_many_executions_after_ninety_seconds_as_after_fifteen(shop: Shop) -> None:
    order_id = shop.place(shop.order("monitor", 1, "pm_declined"))
    shop.ended(order_id)
    time.sleep(SOON)
    soon = executions(shop, order_id)
    time.sleep(LATER - SOON)
    assert executions(shop, order_id) == soon == [f"{order_id}-OrderPlaced"]
