"""Everything at once: functions are killed, events come twice, the relay stops; afterwards the books are in order."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeSerializer

from saga.check import check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from saga.engine.process import Engine
    from tests.e2e.shop import Shop

ORDERS = 200
TOKENS = ("pm_ok", "pm_ok", "pm_declined", "pm_flaky", "pm_slow", "pm_processing", "pm_late_decline", "pm_ok")


def function_processes(engine: Engine) -> list[int]:
    """Find the processes that run functions for this engine: those of its session under the runtime client."""
    leaders = [pid for pid in processes() if f"GATEWAY_PORT={engine.port}" in environment(pid)]
    return [pid for pid in leaders if "awslambdaric" in (Path("/proc") / str(pid) / "cmdline").read_text()]


def processes() -> Iterable[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def environment(pid: int) -> list[str]:
    try:
        return (Path("/proc") / str(pid) / "environ").read_text().split("\0")
    except OSError:  # it ended, or is another user's
        return []


def test_orders_survive_the_killing_of_functions(engine: Engine, shop: Shop) -> None:
    shop.stock("chaos", ORDERS * 2)
    over = threading.Event()

    def kill() -> None:
        while not over.wait(1):
            for pid in function_processes(engine)[:2]:
                os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        tokens = itertools.islice(itertools.cycle(TOKENS), ORDERS)
        orders = shop.place_all_stubbornly([shop.order("chaos", 1, token) for token in tokens])
    finally:
        over.set()
        killer.join()
    for order_id in orders:
        shop.ended(order_id)
    assert check(shop.stack) == []


def test_every_stream_record_delivered_twice_more_changes_nothing(shop: Shop) -> None:
    orders = [shop.place(shop.order("monitor", 1, token)) for token in ("pm_ok", "pm_declined")]
    for order_id in orders:
        shop.executed(order_id)
    before = [(shop.get(order_id), shop.events(order_id)) for order_id in orders]
    records = [record(row) for row in shop.rows("EventsTable") if row["orderId"] in orders]
    for _ in range(2):
        assert shop.invoke("RelayOutboxFunction", {"Records": records}) == {"batchItemFailures": []}
    assert [(shop.get(order_id), shop.events(order_id)) for order_id in orders] == before
    assert check(shop.stack) == []


def record(row: dict[str, Any]) -> dict[str, Any]:
    image = {name: TypeSerializer().serialize(value) for name, value in row.items()}
    stream = {"NewImage": image, "SequenceNumber": row["eventId"], "StreamViewType": "NEW_IMAGE"}
    return {"eventID": row["eventId"], "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": stream}
