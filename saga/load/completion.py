"""Polls the rows of accepted orders until all have ended, without using the API or a function."""

import threading
import time
from collections.abc import Callable

from saga.stack import tables
from saga.stack.stack import Stack

POLL_SECONDS = 0.5
STALLED_SECONDS = 180  # without an order that ends, after the last was accepted


class OrderPoller:
    """Polls orders, and whatever else has a row in their table, and calls `on_end` with the row of each that is over.

    Set `all_placed` after the last `add`, and `stopped` to give up.
    """

    def __init__(self, stack: Stack, on_end: Callable[[tables.Item], None]) -> None:
        self._stack, self._on_end = stack, on_end
        self._open: set[str] = set()
        self._lock = threading.Lock()
        self.all_placed, self.stopped = threading.Event(), threading.Event()
        self.orders: dict[str, tables.Item] = {}

    def add(self, order_id: str) -> None:
        """Poll this order too."""
        with self._lock:
            self._open.add(order_id)

    def poll(self) -> None:
        """Poll until all orders have ended, or none has for `STALLED_SECONDS`. `orders` has the latest rows."""
        last = time.monotonic()
        while self._open or not self.all_placed.is_set():
            if self._poll_once() or not self.all_placed.is_set():
                last = time.monotonic()
            if time.monotonic() - last > STALLED_SECONDS or self.stopped.wait(POLL_SECONDS):
                return

    def _poll_once(self) -> int:
        """Return how many orders have ended since the last poll."""
        with self._lock:
            keys = [{"orderId": order_id} for order_id in self._open]
        rows = {row["orderId"]: row for row in tables.rows(self._stack, "OrdersTable", keys)}
        self.orders |= rows
        ended = {order_id for order_id, row in rows.items() if tables.is_over(row)}
        with self._lock:
            self._open -= ended
        for order_id in ended:
            self._on_end(rows[order_id])
        return len(ended)
