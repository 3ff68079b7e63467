"""Places orders at a steady rate, however long each takes, and waits for them to end."""

import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus

from saga.failures import Failure
from saga.http import call
from saga.load.completion import OrderPoller
from saga.load.mix import Body, Mix, bodies, spread, stock_up
from saga.stack.stack import Stack
from saga.stack.tables import Item, has_ended
from saga.text.times import now

PLACED, ENDED = "placed", "ended"
type Advance = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """The number of orders, how many of them per second, and the maximum number of concurrent requests."""

    orders: int
    rate: float
    clients: int
    mix: Mix


@dataclass(frozen=True)
class Placed:
    """A request and its answer: the order, or why it was refused (an HTTP status, or no answer).

    `answered` is in seconds since the run began. `took` is in milliseconds since the request was due, so it includes
    any wait for a free client.
    """

    order_id: str | None
    refused: str | None
    answered: float
    took: int


@dataclass(frozen=True)
class Run:
    """The plan, when it began (ms since the epoch), the answers, and the rows of the orders."""

    plan: Plan
    began: int
    placed: tuple[Placed, ...]
    orders: dict[str, Item]

    @property
    def ended(self) -> list[Item]:
        """The rows of confirmed and failed orders."""
        return list(filter(has_ended, self.orders.values()))

    @property
    def accept_ms(self) -> list[int]:
        """For each accepted order, the milliseconds from when its request was due to the answer."""
        return [each.took for each in self.placed if each.order_id]

    @property
    def completion_ms(self) -> list[int]:
        """For each confirmed or failed order, the milliseconds from its acceptance to its end."""
        return [row["updatedAt"] - row["createdAt"] for row in self.ended]


def run(stack: Stack, plan: Plan, advance: Advance) -> Run:
    """Carry out the plan. Call `advance` with `placed` for each answer and with `ended` for each order that ends."""
    kinds = spread(plan.mix, plan.orders)
    stock_up(stack, kinds)
    poller = OrderPoller(stack, lambda: advance(ENDED))
    began = now()
    with ThreadPoolExecutor(1) as background:
        polling = background.submit(poller.poll)
        try:
            placed = _place_all(stack, plan, bodies(kinds), poller, advance)
            poller.all_placed.set()
            polling.result()
        finally:
            poller.stopped.set()
    return Run(plan, began, tuple(placed), poller.orders)


def _place_all(stack: Stack, plan: Plan, orders: Sequence[Body], poller: OrderPoller, advance: Advance) -> list[Placed]:
    began = time.monotonic()

    def place(body: Body, due: float) -> Placed:
        order_id, refused = _place(stack, body)
        answered = time.monotonic()
        if order_id:
            poller.add(order_id)
        advance(PLACED)
        return Placed(order_id, refused, answered - began, round((answered - due) * 1000))

    futures = []
    with ThreadPoolExecutor(plan.clients) as clients:
        try:
            for number, body in enumerate(orders):
                due = began + number / plan.rate
                time.sleep(max(0.0, due - time.monotonic()))
                futures.append(clients.submit(place, body, due))
        except KeyboardInterrupt:
            clients.shutdown(cancel_futures=True)
            raise
    return [future.result() for future in futures]


def _place(stack: Stack, body: Body) -> tuple[str | None, str | None]:
    try:
        status, answer = call(f"{stack.api_url}/orders", body, {"x-idempotency-key": f"load-{uuid.uuid4()}"})
    except Failure:
        return None, "no answer"
    return (answer["orderId"], None) if status == HTTPStatus.ACCEPTED else (None, str(status))
