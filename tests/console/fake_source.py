"""A source with fixed answers. It records the actions and can fail."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from saga.console.sources.source import Environment, Kind, NotSupported
from saga.failures import Failure, NoSuchOrder
from saga.http import Json
from saga.operations import circuit, parked_orders, throughput
from saga.operations.latency import Latency
from saga.operations.outbox_events import OutboxEvent, all_set_aside
from saga.operations.overdue import Overdue, overdue
from saga.orders.listing import Filter
from saga.orders.logs import LogLine, read_logs
from saga.orders.record import Record, of_json
from saga.stack.products import Product, products
from saga.text.money import Minor
from saga.text.times import iso, now

RECORDS = Path(__file__).parents[1] / "fixtures" / "records"
API = "http://127.0.0.1:4566/_aws/execute-api/api/dev"
ENGINE = Environment(Kind.ENGINE, "engine on 127.0.0.1:4566, us-east-1", "order-saga-dev", API, writable=True)
AWS = Environment(Kind.AWS, "AWS account 123456789012, eu-west-1", "order-saga-prod", "https://api", " --stack prod")
PRODUCTS = (
    Product("monitor", "Monitor", Minor(34999), 97, 100),
    Product("PROD-003", "Smartphone", Minor(79999), 0, 25),
)


def record(name: str) -> Record:
    """Read a recorded order."""
    return of_json((RECORDS / f"{name}.json").read_text(encoding="utf-8"))


def paused(name: str = "flaky", wait: int | None = 40_000) -> Record:
    """Return a recorded order as if it were paused now, and tried again in so many milliseconds."""
    found, current = record(name), now()
    mark = {"state": "ProcessPayment", "reason": "TransientError", "cause": "503", "attempts": 2, "since": iso(current)}
    next_attempt = {} if wait is None else {"nextAttemptAt": iso(current + wait)}
    return replace(found, order={**found.order, "status": "PENDING", "paused": {**mark, **next_attempt}})


def parked_order(order_id: str) -> parked_orders.ParkedOrder:
    """Return a parked order that was resumed once before."""
    not_undone, failures = ("PaymentRefunded",), {"RefundPayment": "RefundRefused"}
    return parked_orders.ParkedOrder(
        order_id, "customer-123", Minor(69998), 1, 2, "TransientError", "late", not_undone, failures, resumes=1
    )


def outbox_event(event_type: str) -> OutboxEvent:
    """Return an event of the order `x` that is set aside."""
    return OutboxEvent("x", event_type, f"x-{event_type}", 1, starts_saga=True, set_aside=True)


@dataclass
class FakeSource:
    """`failure` is raised by every request, `refusal` by every action; `actions` has those that succeeded.

    While `answers` is cleared, every request hangs.
    """

    env: Environment = ENGINE
    records: list[Record] = field(default_factory=list)
    lines: Sequence[LogLine] = ()
    stock: Sequence[Product] = ()
    outbox: Sequence[OutboxEvent] = ()
    overdue: Overdue = field(default_factory=lambda: Overdue(None))
    parked: Sequence[parked_orders.ParkedOrder] = ()
    breaker: circuit.Breaker = field(default_factory=lambda: circuit.Breaker("CLOSED", None, 0))
    failure: Failure | None = None
    refusal: Failure | None = None
    answers: threading.Event = field(default_factory=threading.Event)
    filter: Filter | None = None
    actions: list[tuple[object, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.answers.set()

    def environment(self) -> Environment:
        return self.env

    def orders(self, wanted: Filter) -> Sequence[Json]:
        self._raise(self.failure)
        self.filter = wanted
        return [each.order for each in self.records if wanted.status in (None, each.status)]

    def record(self, order_id: str) -> Record:
        self._raise(self.failure)
        for each in self.records:
            if each.order_id == order_id:
                return each
        raise NoSuchOrder(f"there is no order {order_id}")

    def read(self, query: Callable[..., Any], /, *arguments: Any, **_: Any) -> Any:
        self._raise(self.failure)
        answers: dict[Callable[..., Any], Callable[..., object]] = {
            read_logs: lambda _: self.lines,
            products: lambda: self.stock,
            all_set_aside: lambda: self.outbox,
            overdue: lambda: self.overdue,
            parked_orders.parked: lambda: self.parked,
            circuit.breaker: lambda: self.breaker,
            throughput.throughput: self._throughput,
        }
        return answers[query](*arguments)

    def act(self, action: Callable[..., Any], /, *arguments: Any, **_: Any) -> Any:
        self._raise(self.failure or self.refusal)
        if not self.env.writable:
            raise NotSupported("read-only")
        self.actions.append((action.__name__, *arguments))
        return {"orderId": self.records[0].order_id, "status": "PENDING"}

    def _throughput(self, minutes: int) -> throughput.Throughput:
        start = now() // 60_000 * 60_000 - (minutes - 1) * 60_000
        made = tuple(_minute(start + index * 60_000, index if self.records else 0) for index in range(minutes))
        return throughput.Throughput(made, _minute(start, sum(minute.accepted for minute in made)))

    def _raise(self, failure: Failure | None) -> None:
        assert self.answers.wait(60)
        if failure:
            raise failure


def _minute(start: int, orders: int) -> throughput.Minute:
    latency = Latency(400 + orders, 900 + orders, 1200 + orders, 2000) if orders else None
    failed = orders // 2
    counts = {"confirmed": orders - failed, "failed": failed, "parked": 0, "paused": 0, "open": 0}
    return throughput.Minute(start, orders, **counts, latency=latency)
