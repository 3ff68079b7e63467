"""Places orders and transactions at a steady rate, however long each takes, and waits for them to end.

As soon as an order is confirmed, its items are returned one by one, until there were enough returns.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice

from saga.failures import Failure
from saga.http import call
from saga.load.cap import engine_use
from saga.load.completion import OrderPoller
from saga.load.mix import Body
from saga.load.plan import Placed, Plan, Run
from saga.stack.kinds import ORDER, RETURN, TRANSACTION, kind_of
from saga.stack.stack import Stack
from saga.stack.tables import Item
from saga.text.times import now

PLACED, ENDED = "placed", "ended"
ROUTES = {ORDER: "orders", TRANSACTION: "transactions"}
type Advance = Callable[[str], None]


@dataclass
class _Load:
    """A run in progress."""

    stack: Stack
    plan: Plan
    advance: Advance
    placed: list[Placed] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.poller = OrderPoller(self.stack, self._ended)
        self._returns_left = self.plan.returns

    def place_all(self) -> None:
        """Place all orders and transactions."""
        futures = []
        with ThreadPoolExecutor(self.plan.clients) as clients:
            try:
                for number, (kind, body) in enumerate(self.plan.requests):
                    due = self.began + number / self.plan.rate
                    time.sleep(max(0.0, due - time.monotonic()))
                    futures.append(clients.submit(self._place, kind, ROUTES[kind], body, due))
            except KeyboardInterrupt:
                clients.shutdown(cancel_futures=True)
                raise
        for future in futures:
            future.result()

    def _place(self, kind: str, route: str, body: Body, due: float) -> None:
        new_id, refused = _post(f"{self.stack.api_url}/{route}", body)
        answered = time.monotonic()
        if new_id:
            self.poller.add(new_id)
        took = round((answered - due) * 1000)
        self.placed.append(Placed(new_id, refused, answered - self.began, took, kind))
        self.advance(PLACED)

    def _ended(self, row: Item) -> None:
        """Return every piece of an order that is confirmed, one by one."""
        self.advance(ENDED)
        if kind_of(row) == ORDER and row["status"] == "CONFIRMED":
            for body in islice(_returns(row), self._returns_left):
                self._returns_left -= 1
                self._place(RETURN, f"orders/{row['orderId']}/returns", body, time.monotonic())


def run(stack: Stack, plan: Plan, advance: Advance) -> Run:
    """Carry out the plan. Call `advance` with `placed` for each answer and with `ended` for each order that ends."""
    plan.stock_up(stack)
    began, load = now(), _Load(stack, plan, advance)
    with engine_use(stack) as use, ThreadPoolExecutor(1) as background:
        polling = background.submit(load.poller.poll)
        try:
            load.place_all()
            load.poller.all_placed.set()
            polling.result()
        finally:
            load.poller.stopped.set()
    return Run(plan, began, tuple(load.placed), load.poller.orders, use)


def _returns(order: Item) -> Iterator[Body]:
    for line in order["items"]:
        for _ in range(line["quantity"]):
            yield {"items": [{"productId": line["productId"], "quantity": 1}]}


def _post(url: str, body: Body) -> tuple[str | None, str | None]:
    """Return the ID of what was accepted, or why it was not."""
    try:
        status, answer = call(url, body, {"x-idempotency-key": f"load-{uuid.uuid4()}"})
    except Failure:
        return None, "no answer"
    if status not in (HTTPStatus.OK, HTTPStatus.ACCEPTED):
        return None, str(status)
    return next(answer[name] for name in ("orderId", "transactionId", "returnId") if name in answer), None
