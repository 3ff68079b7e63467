"""Functions are killed while hundreds of orders are in flight; afterwards the books are in order."""

from __future__ import annotations

import itertools
import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from saga.check import check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from saga.engine.process import Engine
    from tests.e2e.shop import Shop

ORDERS = 200
WARM = 4  # seconds
PAUSE = 1.5  # seconds between two kills
TOKENS = ("pm_ok", "pm_ok", "pm_declined", "pm_flaky", "pm_slow", "pm_processing", "pm_late_decline", "pm_ok")


def function_processes(engine: Engine) -> list[int]:
    """Find the processes that run functions for this engine, once they are warm.

    One that ends while it starts makes the engine end all that start with it, which would be another experiment.
    """
    ours = (pid for pid in processes() if f"GATEWAY_PORT={engine.port}" in told(pid, "environ"))
    return [pid for pid in ours if "awslambdaric" in told(pid, "cmdline") and age(pid) > WARM]


def age(pid: int) -> float:
    """Give how long ago the process started, in seconds; 0 for one that has ended."""
    try:
        return time.time() - (Path("/proc") / str(pid)).stat().st_mtime
    except OSError:
        return 0


def processes() -> Iterable[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def told(pid: int, what: str) -> list[str]:
    try:
        return (Path("/proc") / str(pid) / what).read_text().split("\0")
    except OSError:  # it ended, or is another user's
        return []


def test_orders_survive_the_killing_of_functions(engine: Engine, shop: Shop) -> None:
    shop.stock("chaos", ORDERS * 2)
    over = threading.Event()
    killer = threading.Thread(target=kill_some, args=(engine, over))
    killer.start()
    try:
        tokens = itertools.islice(itertools.cycle(TOKENS), ORDERS)
        orders = shop.place_all_stubbornly([shop.order("chaos", 1, token) for token in tokens])
    finally:
        over.set()
        killer.join()
    shop.let_time_pass()
    for order_id in orders:
        shop.ended(order_id)
    assert check(shop.stack) == []


def kill_some(engine: Engine, over: threading.Event) -> None:
    """Kill one function's process after the other, whichever, for as long as orders come in."""
    chance = random.Random(1)
    while not over.wait(PAUSE):
        if running := function_processes(engine):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(running), signal.SIGKILL)
