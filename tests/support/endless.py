"""Tables of any number of orders, made up page by page, which count what their reader asks for and holds."""

import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, cast
from weakref import WeakSet

import boto3
import pytest

from saga.reconcile.run import Check
from saga.stack import tables
from saga.stack.stack import Stack
from sagakit import dynamodb
from tests.support import world

type Wire = Mapping[str, Any]

PAGE = 400  # orders: their events are about 1 MB
ORDER, INTENT = "ORDER", "pi_ORDER"  # in a pattern, the names that are an order's own
_NUMBERED = re.compile(r"order-(\d{6})")


class Row(dict[str, Any]):
    """A row that can be counted as long as somebody holds it."""

    __hash__ = object.__hash__  # type: ignore[assignment]


@dataclass
class Endless:
    """A session with DynamoDB, which has the rows of a sound order over and over again.

    `patterns` are its rows by table, as JSON. The keys of each row contain the order's ID.
    """

    orders: int
    patterns: Mapping[str, str]
    product: Wire
    calls: int = 0
    items: int = 0

    def client(self, service: str) -> Self:
        assert service == "dynamodb"
        return self

    __hash__ = object.__hash__

    def scan(self, TableName: str, ConsistentRead: bool, ExclusiveStartKey: int = 0) -> Wire:  # noqa: N803, FBT001
        assert ConsistentRead
        if TableName not in self.patterns:
            return {"Items": self._read([self.product])}
        end = min(ExclusiveStartKey + PAGE, self.orders)
        rows = [row for number in range(ExclusiveStartKey, end) for row in self._rows(TableName, number)]
        return {"Items": self._read(rows), **({"LastEvaluatedKey": end} if end < self.orders else {})}

    def batch_get_item(self, RequestItems: Wire) -> Wire:  # noqa: N803
        ((table, request),) = RequestItems.items()
        rows = [row for key in request["Keys"] for row in self._found(table, key)]
        return {"Responses": {table: self._read(rows)}, "UnprocessedKeys": {}}

    def get_item(self, **_: Any) -> Wire:
        return {"Item": self._read([dynamodb.to_wire(world.SECRET)])[0]}

    def describe_time_to_live(self, **_: Any) -> Wire:
        return {"TimeToLiveDescription": {}}

    def get_paginator(self, operation: str) -> Self:
        assert operation == "query"
        return self

    def paginate(self, TableName: str, ExpressionAttributeValues: Wire, **_: Any) -> Iterator[Wire]:  # noqa: N803
        yield {"Items": self._read(self._found(TableName, {"orderId": ExpressionAttributeValues[":orderId"]}))}

    def _found(self, table: str, key: Wire) -> list[Wire]:
        number = _NUMBERED.search(json.dumps(key))
        rows = self._rows(table, int(number[1])) if number else []
        return [row for row in rows if key.items() <= row.items()]

    def _rows(self, table: str, number: int) -> list[Wire]:
        return list(json.loads(self.patterns[table].replace(ORDER, f"order-{number:06d}")))

    def _read(self, rows: list[Wire]) -> list[Wire]:
        self.calls += 1
        self.items += len(rows)
        return rows


@dataclass(frozen=True)
class Checked:
    """What a check of sound orders took, and the most rows that it held at a time."""

    calls: int
    items: int
    rows: int
    seconds: float


def checked(stack: Stack, patterns: Mapping[str, str], orders: int) -> Checked:
    """Check so many orders, by the rows of one by table, as JSON with ORDER and INTENT. It holds two monitors."""
    named = {os.environ[f"{table}_TABLE"]: text for table, text in patterns.items()}
    product = {
        "productId": "monitor",
        "name": "",
        "price": world.PRICES["monitor"],
        "stocked": 2 * orders + 1,
        "available": 1,
    }
    session = Endless(orders, named, dynamodb.to_wire(product))
    kept = {*named, os.environ["INVENTORY_TABLE"]}
    outputs = {output: table for output, table in stack.outputs.items() if table in kept}
    held, most, plain = WeakSet[Row](), 0, tables.plain

    def counted(item: Wire) -> Row:
        nonlocal most
        row = Row(plain(item))
        held.add(row)
        most = max(most, len(held))
        return row

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "plain", counted)
        started = time.process_time()
        check = Check(replace(stack, session=cast("boto3.Session", session), outputs=outputs))
        assert (check.violations(), check.not_judged) == ([], "")
    return Checked(session.calls, session.items, most, time.process_time() - started)
