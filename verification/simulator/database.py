"""DynamoDB in memory, as far as the functions use it: the template's tables, conditions, transactions, sparse indexes.

A tenth of a millisecond for a call, where moto needs several: it makes ten thousand schedules a matter of minutes. A
test compares it with moto, call by call.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sagakit import dynamodb
from tests.support.template import resources
from tests.support.world import variable
from verification.simulator.expressions import Invalid, Item, Part, condition, number, update
from verification.simulator.labels import actions

type Request = Mapping[str, Any]
type Key = tuple[str, ...]
type Judge = Callable[[str, Request, Part], bool]  # kind of action, action, guard that says no: is it in force?

TOKEN_LIFETIME = 600_000  # milliseconds for which a ClientRequestToken is remembered


class Refused(Exception):
    """DynamoDB answers an error; the codes are its own."""

    def __init__(self, code: str, *, reasons: list[Item] | None = None, item: Row | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.reasons = reasons
        self.item = item


class Row:
    """An item as it was at one moment: on the wire, and in plain values."""

    def __init__(self, wire: Item) -> None:
        self.wire = wire

    @cached_property
    def plain(self) -> Item:
        return dynamodb.from_wire(self.wire)


@dataclass(frozen=True)
class Change:
    """What a write did to one item."""

    table: str
    key: Key
    before: Row | None
    after: Row | None


@dataclass(frozen=True)
class Schema:
    """The key attributes of a table and of its indexes, the partition key first."""

    key: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]]


def schemas() -> dict[str, Schema]:
    """Read the tables from the template, by the names that the functions know."""
    return {
        os.environ[variable(logical_id)]: Schema(
            _attributes(table["Properties"]),
            {index["IndexName"]: _attributes(index) for index in table["Properties"].get("GlobalSecondaryIndexes", [])},
        )
        for logical_id, table in resources("AWS::DynamoDB::Table").items()
    }


def _attributes(keyed: Request) -> tuple[str, ...]:
    return tuple(key["AttributeName"] for key in keyed["KeySchema"])


class Database:
    """All tables. `committed` hears of every write; `judge` is asked about every guard that says no."""

    def __init__(
        self,
        now: Callable[[], int],
        committed: Callable[[list[Change]], None] = lambda _: None,
        judge: Judge = lambda *_: True,
        page: int = 1000,
    ) -> None:
        self.schemas = schemas()
        self.tables: dict[str, dict[Key, Row]] = {name: {} for name in self.schemas}
        self.writes: list[list[Change]] = []
        self.lag = 0  # writes by which the indexes, and reads that need not be consistent, are behind
        self._now = now
        self._committed = committed
        self._judge = judge
        self._page = page
        self._tokens: dict[str, tuple[int, str]] = {}

    def call(self, operation: str, request: Request) -> Item:
        """Answer a call.

        Raises:
            Refused: DynamoDB would answer an error.
        """
        operations: dict[str, Callable[[Request], Item]] = {
            "GetItem": self._get,
            "BatchGetItem": self._batch_get,
            "Query": self._query,
            "PutItem": lambda put: self._write("Put", put),
            "UpdateItem": lambda change: self._write("Update", change),
            "DeleteItem": lambda delete: self._write("Delete", delete),
            "TransactWriteItems": self._transact,
        }
        try:
            return operations[operation](request)
        except Invalid as invalid:
            raise Refused("ValidationException") from invalid

    def rows(self, table: str) -> list[Item]:
        """Give a table's rows in plain values, as they are now."""
        return [row.plain for row in self.tables[table].values()]

    def put(self, table: str, item: Item) -> None:
        """Write a row, whatever the rules say."""
        self._write("Put", {"TableName": table, "Item": dynamodb.to_wire(item)})

    def delete(self, table: str, key: Key) -> None:
        """Delete a row, whatever the rules say."""
        self._commit([Change(table, key, self.tables[table].get(key), None)])

    def reasons(self, request: Request) -> list[Item]:
        """Say for each action of a transaction why it would be refused now."""
        return _reasons(request, [self._prepared(*each) for each in actions("TransactWriteItems", request)])

    def _get(self, request: Request) -> Item:
        table = self._seen(request["TableName"], behind=not request.get("ConsistentRead"))
        row = table.get(self._key(request["TableName"], request["Key"]))
        return {"Item": row.wire} if row else {}

    def _batch_get(self, request: Request) -> Item:
        found: dict[str, list[Item]] = {}
        for table, wanted in request["RequestItems"].items():
            rows = (self.tables[table].get(self._key(table, key)) for key in wanted["Keys"])
            found[table] = [_projected(row.wire, wanted) for row in rows if row]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _query(self, request: Request) -> Item:
        index = request.get("IndexName")
        schema = self.schemas[request["TableName"]]
        by = (*(schema.indexes[index] if index else ()), *schema.key)
        sort = (schema.indexes[index] if index else schema.key)[-1]
        rows = self._partition(request, behind=bool(index) or not request.get("ConsistentRead"))
        fits = [row for row in rows if sort in row and _fits(row, request)]
        return self._paged(request, fits, lambda row: (_order(row[sort]), *(_order(row[name]) for name in by)), by)

    def _partition(self, request: Request, *, behind: bool) -> list[Item]:
        """Give the rows of the partition that a query asks for, whose key comes first in its condition."""
        names, values = _placeholders(request)
        name, _, value = request["KeyConditionExpression"].split()[:3]
        wanted, attribute = values[value], names[name]
        table = self._seen(request["TableName"], behind=behind)
        return [row.wire for row in table.values() if row.wire.get(attribute) == wanted]

    def _paged(self, request: Request, rows: list[Item], order: Callable[[Item], Any], by: tuple[str, ...]) -> Item:
        """Give a page, in order; the next one begins behind a place, whether or not somebody still stands there."""
        after = request.get("ExclusiveStartKey")
        rest = sorted((row for row in rows if not after or order(row) > order(after)), key=order)
        size = min(request.get("Limit", self._page), self._page)
        more = {"LastEvaluatedKey": {name: rest[size - 1][name] for name in by}} if size < len(rest) else {}
        return {"Items": rest[:size], **more}

    def _write(self, kind: str, action: Request) -> Item:
        change, refused = self._prepared(kind, action)
        if refused:
            raise Refused("ConditionalCheckFailedException", item=change.before if _shown(action) else None)
        self._commit([change])
        returned = action.get("ReturnValues") == "ALL_NEW" and change.after
        return {"Attributes": change.after.wire} if returned and change.after else {}

    def _transact(self, request: Request) -> Item:
        if self._known_token(request):
            return {}
        prepared = [self._prepared(*each) for each in actions("TransactWriteItems", request)]
        if len({(change.table, change.key) for change, _ in prepared}) < len(prepared):
            raise Refused("ValidationException")  # a transaction touches an item only once
        if any(refused for _, refused in prepared):
            raise Refused("TransactionCanceledException", reasons=_reasons(request, prepared))
        written = zip(actions("TransactWriteItems", request), prepared, strict=True)
        self._commit([change for (kind, _), (change, _) in written if kind != "ConditionCheck"])
        self._remember_token(request)
        return {}

    def _prepared(self, kind: str, action: Request) -> tuple[Change, bool]:
        """Say what the write would do, and whether a guard refuses it."""
        table = action["TableName"]
        key = self._key(table, action["Item" if kind == "Put" else "Key"])
        before = self.tables[table].get(key)
        names, values = _placeholders(action)
        old = before.wire if before else {}
        refusing = [
            part for part in condition(action.get("ConditionExpression", "")) if not part.holds(old, names, values)
        ]
        judged = [self._judge(kind, action, part) for part in refusing]  # it hears of every one
        refused = any(judged)
        return Change(table, key, before, before if refused else self._after(kind, action, before)), refused

    def _after(self, kind: str, action: Request, before: Row | None) -> Row | None:
        match kind:
            case "Put":
                return Row(dict(action["Item"]))
            case "Update":
                old = before.wire if before else {}
                new = {**old, **action["Key"]}
                update(action["UpdateExpression"])(old, new, *_placeholders(action))
                return Row(new)
            case "Delete":
                return None
            case _:
                return before

    def _commit(self, changes: list[Change]) -> None:
        for change in changes:
            if change.after:
                self.tables[change.table][change.key] = change.after
            else:
                self.tables[change.table].pop(change.key, None)
        self.writes.append(changes)
        self._committed(changes)

    def _seen(self, table: str, *, behind: bool) -> dict[Key, Row]:
        """Give a table as a reader sees it, who may be some writes behind."""
        if not (behind and self.lag):
            return self.tables[table]
        rows = dict(self.tables[table])
        for change in (each for write in reversed(self.writes[-self.lag :]) for each in write if each.table == table):
            if change.before:
                rows[change.key] = change.before
            else:
                rows.pop(change.key, None)
        return rows

    def _key(self, table: str, item: Request) -> Key:
        return tuple(item[name]["S"] for name in self.schemas[table].key)

    def _known_token(self, request: Request) -> bool:
        at, said = self._tokens.get(request.get("ClientRequestToken", ""), (-TOKEN_LIFETIME, ""))
        if self._now() - at >= TOKEN_LIFETIME:
            return False
        if said != _fingerprint(request):
            raise Refused("IdempotentParameterMismatchException")
        return True

    def _remember_token(self, request: Request) -> None:
        if token := request.get("ClientRequestToken"):
            self._tokens[token] = self._now(), _fingerprint(request)


def _fingerprint(request: Request) -> str:
    return json.dumps(request["TransactItems"], sort_keys=True)


def _placeholders(action: Request) -> tuple[Any, Any]:
    return action.get("ExpressionAttributeNames", {}), action.get("ExpressionAttributeValues", {})


def _fits(row: Item, request: Request) -> bool:
    state = row, *_placeholders(request)
    return all(part.holds(*state) for part in condition(request["KeyConditionExpression"]))


def _projected(row: Item, wanted: Request) -> Item:
    names = wanted.get("ExpressionAttributeNames", {})
    kept = [names.get(path.strip(), path.strip()) for path in wanted["ProjectionExpression"].split(",")]
    return {name: row[name] for name in kept if name in row}


def _order(value: Request) -> Any:
    return number(value) if "N" in value else value["S"]


def _shown(action: Request) -> bool:
    return action.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"


def _reasons(request: Request, prepared: list[tuple[Change, bool]]) -> list[Item]:
    asked = actions("TransactWriteItems", request)
    return [_reason(action, each) for (_, action), each in zip(asked, prepared, strict=True)]


def _reason(action: Request, prepared: tuple[Change, bool]) -> Item:
    change, refused = prepared
    if not refused:
        return {"Code": "None"}
    shown = {"Item": change.before.wire} if change.before and _shown(action) else {}
    return {"Code": "ConditionalCheckFailed", **shown}
