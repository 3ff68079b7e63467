"""Places orders at a steady rate, however long each takes, and waits for their ends."""

import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus

from saga.clock import now
from saga.failure import Failure
from saga.http import call
from saga.load.mix import Mix, spread
from saga.load.stock import Body, bodies, stock_up
from saga.load.watch import Watch
from saga.rows import Item
from saga.stack import Stack

PLACED, ENDED = "placed", "ended"
type Told = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """`orders` in all, `rate` of them in a second, at most `clients` requests at a time."""

    orders: int
    rate: float
    clients: int
    mix: Mix


@dataclass(frozen=True)
class Placed:
    """A request and its answer: the order, or why there is none (an HTTP status, or no answer).

    `answered` is in seconds since the run began; `took` is in ms from when the request was due, so a client that was
    late because all were busy counts.
    """

    order_id: str | None
    refused: str | None
    answered: float
    took: int


@dataclass(frozen=True)
class Run:
    """What was planned, when it began (ms since the epoch), what was answered, and the rows of the orders."""

    plan: Plan
    began: int
    placed: tuple[Placed, ...]
    orders: dict[str, Item]


def run(stack: Stack, plan: Plan, told: Told) -> Run:
    """Carries out the plan. `told` is called with `placed` for each answer, with `ended` for each end of an order."""
    kinds = spread(plan.mix, plan.orders)
    stock_up(stack, kinds)
    watch = Watch(stack, lambda: told(ENDED))
    began = now()
    with ThreadPoolExecutor(1) as watching:
        seen = watching.submit(watch.look)
        try:
            placed = _place_all(stack, plan, bodies(kinds), watch, told)
            watch.all_placed()
            seen.result()
        finally:
            watch.give_up()
    return Run(plan, began, tuple(placed), watch.orders)


def _place_all(stack: Stack, plan: Plan, requests: Sequence[Body], watch: Watch, told: Told) -> list[Placed]:
    began = time.monotonic()

    def place(body: Body, due: float) -> Placed:
        answer = _place(stack, body, began, due)
        if answer.order_id:
            watch.add(answer.order_id)
        told(PLACED)
        return answer

    futures: list[Future[Placed]] = []
    with ThreadPoolExecutor(plan.clients) as clients:
        try:
            for number, body in enumerate(requests):
                due = began + number / plan.rate
                time.sleep(max(0.0, due - time.monotonic()))
                futures.append(clients.submit(place, body, due))
        except KeyboardInterrupt:
            clients.shutdown(cancel_futures=True)
            raise
    return [future.result() for future in futures]


def _place(stack: Stack, body: Body, began: float, due: float) -> Placed:
    order_id = refused = None
    try:
        status, answer = call(f"{stack.api_url}/orders", body, {"x-idempotency-key": f"load-{uuid.uuid4()}"})
    except Failure:
        refused = "no answer"
    else:
        order_id = answer["orderId"] if status == HTTPStatus.ACCEPTED else None
        refused = None if order_id else str(status)
    answered = time.monotonic()
    return Placed(order_id, refused, answered - began, round((answered - due) * 1000))
