"""What is on record: the tables whose rows do not expire, page by page, and everything about some orders."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from saga.http import Json
from saga.reconcile.snapshot import Item, Tables
from saga.reconcile.soundness import sort
from saga.stack import tables
from saga.stack.kinds import ORDER, TRANSACTION, kind_of
from saga.stack.stack import Stack

_LONGEST_KEY = 1024  # bytes of a sort key in DynamoDB, which refuses to look for a longer one

type Key = tuple[tuple[str, str], ...]  # the attributes of a primary key


@dataclass(frozen=True)
class Records:
    """The tables of record, named as in the functions' settings: ORDER_LINES for OrderLinesTable."""

    stack: Stack

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Each table's output in the stack, by its name. A table whose rows expire is not a record."""
        outputs = [output for output in self.stack.outputs if output.endswith("Table")]
        return {_name(each): each for each in outputs if not tables.rows_expire(self.stack, each)}

    def pages(self, table: str, start: Json = None) -> Iterator[tuple[Json, Sequence[Item]]]:
        """Yield each page of a table with the key before it."""
        for rows, key in tables.pages(self.stack, self.names[table], start):
            yield start, rows
            start = key

    def page(self, table: str, start: Json) -> Sequence[Item]:
        """Read one page again."""
        return next(self.pages(table, start))[1]

    def rows(self, table: str, keys: Iterable[Key]) -> list[Item]:
        """Return the rows that exist for these keys."""
        return list(tables.rows(self.stack, self.names[table], _possible(keys)))

    def orders(self, table: str, keys: Iterable[Key]) -> set[str]:
        """Return the orders for which rows with these keys exist."""
        found = tables.rows(self.stack, self.names[table], _possible(keys), ProjectionExpression="orderId")
        return {row["orderId"] for row in found}

    def about(self, ids: Iterable[str], at_hand: Mapping[str, Sequence[Item]]) -> Tables:
        """Return all rows of these orders, of the returns of each, and of the order of each that is a return.

        `at_hand` are events that were read already, by order.
        """
        found, known, wanted = defaultdict[str, list[Item]](list), set[str](), set(ids)
        while wanted:
            read = self._each(sorted(wanted), at_hand)
            for table, rows in read.items():
                found[table] += rows
            known |= wanted
            wanted = set(filter(_is_key, _related(read))) - known
        return found

    def _each(self, ids: Sequence[str], at_hand: Mapping[str, Sequence[Item]]) -> Tables:
        orders = self.rows("SAGAS", (_order(each) for each in ids))
        events = [event for each in ids for event in self._events(each, at_hand)]
        return {"SAGAS": orders, "EVENTS": events, **self._details(orders)}

    def _events(self, order_id: str, at_hand: Mapping[str, Sequence[Item]]) -> Sequence[Item]:
        return at_hand[order_id] if order_id in at_hand else tables.event_rows(self.stack, order_id)

    def _details(self, orders: list[Item]) -> Tables:
        """Return the gateway's rows and the lines of these orders."""
        sound = [each for each in sort({"SAGAS": orders}).sound["SAGAS"] if kind_of(each) in (ORDER, TRANSACTION)]
        found = dict[str, list[Item]]()
        if "GATEWAY_LEDGER" in self.names:
            keys = self.rows("GATEWAY_LEDGER", ((("id", f"key#{each['orderId']}-create"),) for each in sound))
            named = (each["intentId"] for each in sort({"GATEWAY_LEDGER": keys}).sound["GATEWAY_LEDGER"])
            found["GATEWAY_LEDGER"] = [*keys, *self.rows("GATEWAY_LEDGER", ((("id", each),) for each in named))]
        if "ORDER_LINES" in self.names:
            found["ORDER_LINES"] = self.rows("ORDER_LINES", (key for each in sound for key in _lines(each)))
        return found


def _name(output: str) -> str:
    return "SAGAS" if output == "OrdersTable" else re.sub(r"(?<!^)(?=[A-Z])", "_", output.removesuffix("Table")).upper()


def _order(order_id: str) -> Key:
    return (("orderId", order_id),)


def _lines(order: Item) -> Iterator[Key]:
    line = f"{order['createdAt']:015d}#{order['orderId']}"
    yield from ((("productId", each["productId"]), ("line", line)) for each in order["items"])


def _possible(keys: Iterable[Key]) -> list[dict[str, str]]:
    return [dict(key) for key in dict.fromkeys(keys) if all(_is_key(part) for _, part in key)]


def _related(rows: Tables) -> Iterator[Any]:
    """Yield the IDs in these rows, which need not be of their form."""
    yield from (row.get("returnOf") for row in rows["SAGAS"])
    details = (event.get("detail") for event in rows["EVENTS"])
    yield from (detail.get("returnId") for detail in details if isinstance(detail, dict))
    parts = (row.get("parts") for row in rows.get("GATEWAY_LEDGER", ()))
    yield from (name for each in parts if isinstance(each, dict) for name in each)


def _is_key(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value.encode()) <= _LONGEST_KEY
