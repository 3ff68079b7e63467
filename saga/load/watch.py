"""Looks at the rows of accepted orders until each has ended; that takes no API call and no function."""

import threading
import time
from collections.abc import Callable

from saga import rows
from saga.stack import Stack

PAUSE = 0.5  # seconds between looks
PATIENCE = 180  # seconds in which no order ends, after the last was accepted
_ENDS = ("CONFIRMED", "FAILED")


class Watch:
    """`told` is called whenever an order has ended, or was parked."""

    def __init__(self, stack: Stack, told: Callable[[], None]) -> None:
        self._stack, self._told = stack, told
        self._open: set[str] = set()
        self._lock = threading.Lock()
        self._all_placed = False
        self._given_up = threading.Event()
        self.orders: dict[str, rows.Item] = {}

    def add(self, order_id: str) -> None:
        """Watches this order, too."""
        with self._lock:
            self._open.add(order_id)

    def all_placed(self) -> None:
        """No order will be added."""
        self._all_placed = True

    def give_up(self) -> None:
        """Looks no more."""
        self._given_up.set()

    def look(self) -> None:
        """Looks until all orders have ended, or patience has. `orders` has the rows as they were seen last."""
        last = time.monotonic()
        while self._open or not self._all_placed:
            if self._look_once() or not self._all_placed:
                last = time.monotonic()
            if time.monotonic() - last > PATIENCE or self._given_up.wait(PAUSE):
                return

    def _look_once(self) -> int:
        """Gives how many orders have ended since."""
        with self._lock:
            keys = [{"orderId": order_id} for order_id in self._open]
        seen = {row["orderId"]: row for row in rows.rows(self._stack, "OrdersTable", keys)}
        self.orders |= seen
        ended = {order_id for order_id, row in seen.items() if row["status"] in _ENDS or "parked" in row}
        with self._lock:
            self._open -= ended
        for _ in ended:
            self._told()
        return len(ended)
