"""A source that holds what it is given, does nothing, and can be told to fail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from saga.clock import now
from saga.console.source import Environment, Kind, NotOffered
from saga.failure import Failure, NoSuchOrder
from saga.operations.breaker import Breaker
from saga.operations.latency import Latency
from saga.operations.outbox import OutboxEvent
from saga.operations.parked import ParkedOrder
from saga.operations.throughput import Minute, Throughput
from saga.orders.listing import Filter
from saga.orders.logs import LogLine
from saga.orders.record import Record, of_json
from saga.products import Product

type Json = Any

RECORDS = Path(__file__).parents[1] / "fixtures" / "records"
API = "http://127.0.0.1:4566/_aws/execute-api/api/dev"
ENGINE = Environment(Kind.ENGINE, "engine on 127.0.0.1:4566, us-east-1", "order-saga-dev", API, writable=True)
AWS = Environment(Kind.AWS, "AWS account 123456789012, eu-west-1", "order-saga-prod", "https://api", " --stack prod")


def record(name: str) -> Record:
    """Read a recorded order."""
    return of_json((RECORDS / f"{name}.json").read_text(encoding="utf-8"))


@dataclass
class FakeSource:
    """`failure` is raised whatever is asked; `done` has what was asked to be done."""

    env: Environment = ENGINE
    records: list[Record] = field(default_factory=list)
    lines: Sequence[LogLine] = ()
    stock: Sequence[Product] = ()
    outbox: Sequence[OutboxEvent] = ()
    waiting: Sequence[ParkedOrder] = ()
    circuit: Breaker = field(default_factory=lambda: Breaker("CLOSED", None, 0))
    failure: Failure | None = None
    refusal: Failure | None = None
    wanted: Filter | None = None
    done: list[tuple[object, ...]] = field(default_factory=list)

    def environment(self) -> Environment:
        return self.env

    def orders(self, wanted: Filter) -> Sequence[Json]:
        self._answer()
        self.wanted = wanted
        return [each.order for each in self.records if wanted.status in (None, each.status)]

    def record(self, order_id: str) -> Record:
        self._answer()
        for each in self.records:
            if each.order_id == order_id:
                return each
        raise NoSuchOrder(f"there is no order {order_id}")

    def logs(self, order_id: str) -> Sequence[LogLine]:
        self.record(order_id)
        return self.lines

    def products(self) -> Sequence[Product]:
        self._answer()
        return self.stock

    def undispatched(self) -> Sequence[OutboxEvent]:
        self._answer()
        return self.outbox

    def parked(self) -> Sequence[ParkedOrder]:
        self._answer()
        return self.waiting

    def breaker(self) -> Breaker:
        self._answer()
        return self.circuit

    def throughput(self, minutes: int) -> Throughput:
        self._answer()
        start = now() // 60_000 * 60_000 - (minutes - 1) * 60_000
        made = tuple(_minute(start + index * 60_000, index if self.records else 0) for index in range(minutes))
        return Throughput(made, _minute(start, sum(minute.accepted for minute in made)))

    def place(self, body: Json, key: str) -> Json:
        self._act("place", body, key)
        return {"orderId": self.records[0].order_id, "status": "PENDING"}

    def cancel(self, order_id: str, reason: str) -> None:
        self._act("cancel", order_id, reason)

    def resume(self, order_id: str, reason: str) -> None:
        self._act("resume", order_id, reason)

    def make_well(self, order_id: str) -> None:
        self._act("make_well", order_id)

    def dispatch(self, order_id: str, event_type: str) -> None:
        self._act("dispatch", order_id, event_type)

    def reset_breaker(self) -> None:
        self._act("reset_breaker")

    def _answer(self) -> None:
        if self.failure:
            raise self.failure

    def _act(self, *what: object) -> None:
        self._answer()
        if not self.env.writable:
            raise NotOffered("this console only reads")
        if self.refusal:
            raise self.refusal
        self.done.append(what)


PRODUCTS = (Product("monitor", "Monitor", 34999, 97, 100), Product("PROD-003", "Smartphone", 79999, 0, 25))


def _minute(start: int, orders: int) -> Minute:
    took = Latency(400 + orders, 900 + orders, 1200 + orders, 2000) if orders else None
    return Minute(start, orders, confirmed=orders - orders // 2, failed=orders // 2, parked=0, open=0, latency=took)
