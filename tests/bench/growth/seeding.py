"""Seeds any number of orders: copies of orders that the functions have carried out, with all their rows."""

import json
import os
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from saga.reconcile.snapshot import held_after
from saga.stack import tables
from saga.stack.stack import Stack
from sagakit import clock, dynamodb
from sagakit.event import shard
from sagas import RETURN
from tests.support import steps, world
from tests.support.endless import INTENT, ORDER

TABLES = {"OrdersTable": "SAGAS", "EventsTable": "EVENTS", "OrderLinesTable": "ORDER_LINES"} | {
    "GatewayLedgerTable": "GATEWAY_LEDGER"
}
APART = 36_000  # milliseconds between two orders: 100 an hour, however many there are
CUSTOMERS = 100
OPEN = 10  # orders in progress at any time, however many there are
PRODUCT = "monitor"  # of all orders: the worst case
_PER_CALL = 25  # rows
_TIME = re.compile(r"(?<![0-9a-f])(?:00)?(1\d{12})(?![0-9a-f])")
_SHARD = re.compile(r"u#\d+")
_NAMESPACE = uuid.UUID(int=0)

# How a hundred orders end.
MIX: tuple[tuple[int, Callable[[], str]], ...] = (
    (92, steps.confirmed),
    (5, steps.failed),
    (2, lambda: steps.confirmed(RETURN)),
    (1, steps.parked),
)


@dataclass(frozen=True)
class Row:
    """A row of an order, or of its return, as JSON; `owner` is the saga that it belongs to."""

    table: str
    owner: str
    text: str


@dataclass(frozen=True)
class Pattern:
    """All rows of an order that ended, the names in them that are its own, when it was placed, and what it holds."""

    rows: Sequence[Row]
    names: Sequence[str]
    at: int
    held: int

    def copy(self, number: int, at: int) -> Iterator[tuple[str, Any]]:
        """Yield table and row, in DynamoDB's format, of the same order as if it had been placed at another time."""
        names = {name: str(uuid.uuid5(_NAMESPACE, f"{name}{number}")) for name in self.names}
        for row in self.rows:
            text = row.text.replace("customer-1", f"customer-{number % CUSTOMERS}")
            for name, other in names.items():
                text = text.replace(name, other)
            text = _TIME.sub(lambda time: time[0].replace(time[1], str(int(time[1]) + at - self.at)), text)
            yield row.table, json.loads(_SHARD.sub(shard(names[row.owner]), text))

    @property
    def endless(self) -> dict[str, str]:
        """The rows by table, as `tests.support.endless` wants those of an order with one intent."""
        order, intent = self.names
        found = {table: [row.text for row in self.rows if row.table == table] for table in TABLES.values()}
        return {
            table: f"[{','.join(texts)}]".replace(order, ORDER).replace(intent, INTENT)
            for table, texts in found.items()
        }


def patterns(stack: Stack) -> list[Pattern]:
    """Carry out one order of each kind in empty tables, and return a hundred patterns."""
    return [pattern for times, bring in MIX for pattern in [_pattern(stack, bring)] * times]


def seed(stack: Stack, hundred: Sequence[Pattern], numbers: range) -> None:
    """Write the orders with these numbers; the higher, the longer ago they were placed."""
    now, held = clock.now(), sum(hundred[number % len(hundred)].held for number in numbers)
    copies = (hundred[number % len(hundred)].copy(number, now - number * APART) for number in numbers)
    for batch in batched((row for copy in copies for row in copy), _PER_CALL, strict=False):
        _write(batch)
    (product,) = tables.rows(stack, "InventoryTable", [{"productId": PRODUCT}])
    world.put("INVENTORY", {**product, "stocked": product["stocked"] + held})


def _pattern(stack: Stack, bring: Callable[[], str]) -> Pattern:
    before = {(table, json.dumps(row, sort_keys=True)) for table, row in _rows(stack)}
    bring()
    new = [(table, row) for table, row in _rows(stack) if (table, json.dumps(row, sort_keys=True)) not in before]
    ids = [row["orderId"] for table, row in new if table == "SAGAS"]
    first = min((row for table, row in new if table == "SAGAS"), key=lambda row: row["createdAt"])
    intents = [row["id"] for table, row in new if table == "GATEWAY_LEDGER" and "amount" in row]
    rows = [
        Row(table, str(row.get("orderId", first["orderId"])), json.dumps(dynamodb.to_wire(row))) for table, row in new
    ]
    held = held_after(row for table, row in new if table == "EVENTS")
    return Pattern(rows, [*ids, *intents], first["createdAt"], held[PRODUCT])


def _rows(stack: Stack) -> Iterator[tuple[str, tables.Item]]:
    for output, table in TABLES.items():
        yield from ((table, row) for row in tables.everything(stack, output) if row != world.SECRET)


def _write(rows: Iterable[tuple[str, Any]]) -> None:
    requests: dict[str, list[Any]] = {}
    for table, item in rows:
        requests.setdefault(os.environ[f"{table}_TABLE"], []).append({"PutRequest": {"Item": item}})
    answer = dynamodb.client.batch_write_item(RequestItems=requests)
    assert not answer["UnprocessedItems"]
