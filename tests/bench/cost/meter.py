"""A meter of what DynamoDB bills, by function, table and operation: it looks at the rows before and after each call.

A transaction writes its items twice, but their index entries once, and it checks an item at the price of a write. What
a condition refuses is billed as well; then no index changes. The sources are in docs/cost.md.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from scripts.cost.counts import Units
from tests.bench.cost.item_size import item_size
from tests.bench.cost.stored import StoredTable, read_units, tables, write_units

type Request = Mapping[str, Any]
type Place = tuple[str, str, str]  # function, table, operation

WRITES = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}
NAMES = {"Put": "put", "Update": "update", "Delete": "delete", "ConditionCheck": "check"}


@dataclass
class Meter:
    """The units so far. Only what happens while a function is `running` counts."""

    writes: Counter[Place] = field(default_factory=Counter)
    reads: Counter[Place] = field(default_factory=Counter)  # their counts may be halves
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)  # by function and operation of any service
    function: str = ""

    @contextmanager
    def running(self, function: str) -> Iterator[None]:
        """Count what happens in the block as the function's."""
        self.function = function
        try:
            yield
        finally:
            self.function = ""

    def measure(self, client: BaseClient, operation: str, request: Request, make_call: Any) -> Any:
        """Make a call and count it."""
        if not self.function:
            return make_call(client, operation, request)
        self.calls[self.function, operation] += 1
        if client.meta.service_model.service_name != "dynamodb":
            return make_call(client, operation, request)
        actions = _actions(operation, request)
        before = [table.row(wire) for table, _, wire in actions]
        try:
            answer = make_call(client, operation, request)
        except ClientError:
            self._written(actions, before, operation, refused=True)
            raise
        self._written(actions, before, operation, refused=False)
        self._read(operation, request, answer)
        return answer

    def _written(self, actions: list[Any], before: list[Any], operation: str, *, refused: bool) -> None:
        together = operation == "TransactWriteItems"
        suffix = f"{' in a transaction' if together else ''}{', refused' if refused else ''}"
        for (table, kind, wire), old in zip(actions, before, strict=True):
            new = table.row(wire)
            tried = wire if kind == "Put" and not old else None  # what a refused insert would have written
            units = max(map(write_units, (old, new, tried)))
            self.writes[self.function, table.logical_id, NAMES[kind] + suffix] += units * (2 if together else 1)
            for index in table.indexes:
                if changed := index.writes(old, new):
                    self.writes[self.function, table.logical_id, f"index {index.name}"] += changed

    def _read(self, operation: str, request: Request, answer: Any) -> None:
        for table, name, units in _reads(operation, request, answer):
            self.reads[self.function, table.logical_id, name] += units  # type: ignore[assignment]


def metered(patch: pytest.MonkeyPatch) -> Meter:
    """Measure all calls of botocore from now on."""
    meter, make_call = Meter(), BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def measured(client: BaseClient, operation: str, request: Request) -> Any:
        return meter.measure(client, operation, request, make_call)

    patch.setattr(BaseClient, "_make_api_call", measured)
    return meter


def by_place(units: Mapping[Place, float]) -> Units:
    """Return the units by function, table and operation."""
    found: Units = {}
    for (function, table, operation), count in units.items():
        found.setdefault(function, {}).setdefault(table, {})[operation] = count
    return found


def _actions(operation: str, request: Request) -> list[tuple[StoredTable, str, Any]]:
    """Return the writes of a call: the table, the kind, and the item or the key."""
    if operation == "TransactWriteItems":
        found = [next(iter(each.items())) for each in request["TransactItems"]]
    else:
        found = [(WRITES[operation], request)] if operation in WRITES else []
    return [(tables()[part["TableName"]], kind, part.get("Item") or part["Key"]) for kind, part in found]


def _reads(operation: str, request: Request, answer: Any) -> Iterator[tuple[StoredTable, str, float]]:
    match operation:
        case "GetItem":
            table = tables()[request["TableName"]]
            yield table, "get", _of(table, [request["Key"]], request)
        case "BatchGetItem":
            for name, part in request["RequestItems"].items():
                for key in part["Keys"]:  # each is rounded up on its own
                    yield tables()[name], "get of many", _of(tables()[name], [key], part)
        case "Query" if "FilterExpression" not in request:
            table = tables()[request["TableName"]]
            index = f" of index {request['IndexName']}" if "IndexName" in request else ""
            yield table, f"query{index}", _of(table, answer["Items"], request)
        case _ if operation not in {*WRITES, "TransactWriteItems"}:
            raise NotImplementedError(f"the units of {operation}")


def _of(table: StoredTable, keys: list[Any], request: Request) -> float:
    """Return the units to read the rows with these keys, in full even if only a part of them is returned."""
    rows = [table.row(key) for key in keys]
    index = next((each for each in table.indexes if each.name == request.get("IndexName")), None)
    seen = [index.image(row) if index else row for row in rows]
    return read_units(sum(item_size(each or {}) for each in seen), consistent=request.get("ConsistentRead", False))
