"""DynamoDB in memory, as far as the functions use it: conditions, transactions, sparse indexes.

A call takes a tenth of a millisecond, where moto needs several: ten thousand schedules run in minutes. A test compares
every answer with moto's.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from sagakit import dynamodb
from tests.support.template import resources
from tests.support.world import variable
from verification.simulator.dynamodb.expressions import Guard, Invalid, Item, condition, plain, update
from verification.simulator.dynamodb.replica_lag import ReplicaLag

type Request = Mapping[str, Any]
type Key = tuple[str, ...]
type Enforced = Callable[[str, Request, Guard], bool]  # kind of action, action, guard that refuses it

TOKEN_LIFETIME = 600_000  # milliseconds for which DynamoDB remembers a ClientRequestToken


class Row:
    """One version of an item, in wire format and in plain values."""

    def __init__(self, wire: Item) -> None:
        self.wire = wire

    @cached_property
    def plain(self) -> Item:
        return dynamodb.from_wire(self.wire)


@dataclass(eq=False)
class Refused(Exception):
    """An error response, with DynamoDB's own code."""

    code: str
    reasons: list[Item] | None = None
    item: Row | None = None


@dataclass(frozen=True)
class Change:
    """The effect of a write on one item."""

    table: str
    key: Key
    before: Row | None
    after: Row | None


def key_attributes() -> dict[str, dict[str, Key]]:
    """Read the keys of all tables and, by name, of their indexes from the template; the partition key comes first."""
    return {
        os.environ[variable(logical_id)]: {
            keyed.get("IndexName", ""): tuple(key["AttributeName"] for key in keyed["KeySchema"])
            for keyed in (table["Properties"], *table["Properties"].get("GlobalSecondaryIndexes", []))
        }
        for logical_id, table in resources("AWS::DynamoDB::Table").items()
    }


def write_actions(api: str, request: Request) -> list[tuple[str, Request]]:
    """Return the actions of a write, each with its kind."""
    if api == "TransactWriteItems":
        return [next(iter(each.items())) for each in request["TransactItems"]]
    return [(api.removesuffix("Item"), request)]


class InMemoryDynamoDB:
    """All tables. `on_commit` receives every write; `enforced` decides whether a guard that refuses is in force."""

    def __init__(
        self,
        now: Callable[[], int],
        on_commit: Callable[[list[Change]], None] = lambda _: None,
        enforced: Enforced = lambda *_: True,
        page_size: int = 1000,
        lag: int = 0,
    ) -> None:
        self._keys = key_attributes()
        self.tables: dict[str, dict[Key, Row]] = {name: {} for name in self._keys}
        self.on_lagging_read: Callable[[bool], None] = lambda _: None  # learns whether the read missed a write
        self._now = now
        self._on_commit = on_commit
        self._enforced = enforced
        self._page_size = page_size
        self._lag = ReplicaLag(lag, now)
        self._tokens: dict[str, tuple[int, str]] = {}

    def call(self, api: str, request: Request) -> Item:
        """Answer an API call.

        Raises:
            Refused: DynamoDB would answer with an error.
        """
        apis: dict[str, Callable[[Request], Item]] = {
            "GetItem": self._get,
            "BatchGetItem": self._batch_get,
            "TransactGetItems": self._transact_get,
            "Query": self._query,
            "PutItem": lambda put: self._write("Put", put),
            "UpdateItem": lambda change: self._write("Update", change),
            "DeleteItem": lambda delete: self._write("Delete", delete),
            "TransactWriteItems": self._transact,
        }
        try:
            return apis[api](request)
        except Invalid as invalid:
            raise Refused("ValidationException") from invalid

    def rows(self, table: str) -> list[Item]:
        """Return a table's rows in plain values."""
        return [row.plain for row in self.tables[table].values()]

    def put(self, table: str, item: Item) -> None:
        """Write a row without any condition."""
        self._write("Put", {"TableName": table, "Item": dynamodb.to_wire(item)})

    def delete(self, table: str, key: Key) -> None:
        """Delete a row without any condition."""
        self._commit([Change(table, key, self.tables[table].get(key), None)])

    def cancellation_reasons(self, request: Request) -> list[Item]:
        """Return the reason why each action of a transaction would be refused now."""
        prepared = [(each, *self._prepare(*each)) for each in write_actions("TransactWriteItems", request)]
        return [_reason(action, change, refused=refused) for (_, action), change, refused in prepared]

    def _get(self, request: Request) -> Item:
        table, key = request["TableName"], self._key(request["TableName"], request["Key"])
        row = self._seen(table, request, lambda rows: rows.get(key))
        return {"Item": row.wire} if row else {}

    def _batch_get(self, request: Request) -> Item:
        found: dict[str, list[Item]] = {}
        for table, wanted in request["RequestItems"].items():
            found[table] = self._seen(table, wanted, partial(self._get_each, table, wanted))
        return {"Responses": found, "UnprocessedKeys": {}}

    def _transact_get(self, request: Request) -> Item:
        gets = [each["Get"] for each in request["TransactItems"]]
        return {"Responses": [self._get({**get, "ConsistentRead": True}) for get in gets]}

    def _get_each(self, table: str, wanted: Request, rows: Mapping[Key, Row]) -> list[Item]:
        found = (rows.get(self._key(table, key)) for key in wanted["Keys"])
        return [_projected(row.wire, wanted) for row in found if row]

    def _query(self, request: Request) -> Item:
        index, keys = request.get("IndexName", ""), self._keys[request["TableName"]]
        by, sort = (*(keys[index] if index else ()), *keys[""]), keys[index][-1]
        if index and request.get("ConsistentRead"):
            raise Invalid("an index has no consistent reads")
        rows = self._partition(request)
        matching = [row for row in rows if sort in row and _matches(row, request)]
        return self._page(request, matching, lambda row: tuple(plain(row[name]) for name in (sort, *by)), by)

    def _partition(self, request: Request) -> list[Item]:
        """Return the rows of the queried partition. Its key comes first in the condition."""
        names, values = _placeholders(request)
        name, _, value = request["KeyConditionExpression"].split()[:3]
        wanted, attribute = values[value], names[name]
        return self._seen(
            request["TableName"],
            request,
            lambda rows: [row.wire for row in rows.values() if row.wire.get(attribute) == wanted],
        )

    def _page(self, request: Request, rows: list[Item], order: Callable[[Item], Any], by: tuple[str, ...]) -> Item:
        """Return a page in order. The start key is a position: its row may be gone."""
        after = request.get("ExclusiveStartKey")
        rest = sorted((row for row in rows if not after or order(row) > order(after)), key=order)
        size = min(request.get("Limit", self._page_size), self._page_size)
        more = {"LastEvaluatedKey": {name: rest[size - 1][name] for name in by}} if size < len(rest) else {}
        return {"Items": rest[:size], **more}

    def _write(self, kind: str, action: Request) -> Item:
        change, refused = self._prepare(kind, action)
        if refused:
            raise Refused("ConditionalCheckFailedException", item=change.before if _returns_old(action) else None)
        self._commit([change])
        return {"Attributes": change.after.wire} if action.get("ReturnValues") == "ALL_NEW" and change.after else {}

    def _transact(self, request: Request) -> Item:
        if self._is_known_token(request):
            return {}
        prepared = [(each, *self._prepare(*each)) for each in write_actions("TransactWriteItems", request)]
        if len({(change.table, change.key) for _, change, _ in prepared}) < len(prepared):
            raise Refused("ValidationException")  # a transaction may touch an item only once
        if any(refused for *_, refused in prepared):
            reasons = [_reason(action, change, refused=refused) for (_, action), change, refused in prepared]
            raise Refused("TransactionCanceledException", reasons=reasons)
        self._commit([change for (kind, _), change, _ in prepared if kind != "ConditionCheck"])
        self._remember_token(request)
        return {}

    def _prepare(self, kind: str, action: Request) -> tuple[Change, bool]:
        """Return what the write would do, and whether a guard refuses it."""
        table = action["TableName"]
        key = self._key(table, action["Item" if kind == "Put" else "Key"])
        before = self.tables[table].get(key)
        state = before.wire if before else {}, *_placeholders(action)
        refusing = [guard for guard in condition(action.get("ConditionExpression", "")) if not guard.holds(*state)]
        enforced = [self._enforced(kind, action, guard) for guard in refusing]  # a list: every guard counts
        refused = any(enforced)
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
        self._lag.record(changes)
        self._on_commit(changes)

    def _seen[T](self, table: str, request: Request, select: Callable[[dict[Key, Row]], T]) -> T:
        """Select from the table's rows as the reader sees them."""
        current = self.tables[table]
        if request.get("ConsistentRead"):
            return select(current)
        seen = select(behind := self._lag.behind(table, current))
        self.on_lagging_read(behind is not current and seen != select(current))
        return seen

    def _key(self, table: str, item: Request) -> Key:
        return tuple(item[name]["S"] for name in self._keys[table][""])

    def _is_known_token(self, request: Request) -> bool:
        at, fingerprint = self._tokens.get(request.get("ClientRequestToken", ""), (-TOKEN_LIFETIME, ""))
        if self._now() - at >= TOKEN_LIFETIME:
            return False
        if fingerprint != _fingerprint(request):
            raise Refused("IdempotentParameterMismatchException")
        return True

    def _remember_token(self, request: Request) -> None:
        if token := request.get("ClientRequestToken"):
            self._tokens[token] = self._now(), _fingerprint(request)


def _fingerprint(request: Request) -> str:
    return json.dumps(request["TransactItems"], sort_keys=True)


def _placeholders(action: Request) -> tuple[Any, Any]:
    return action.get("ExpressionAttributeNames", {}), action.get("ExpressionAttributeValues", {})


def _matches(row: Item, request: Request) -> bool:
    return all(guard.holds(row, *_placeholders(request)) for guard in condition(request["KeyConditionExpression"]))


def _projected(row: Item, wanted: Request) -> Item:
    if "ProjectionExpression" not in wanted:
        return row
    names = wanted.get("ExpressionAttributeNames", {})
    kept = [names.get(path.strip(), path.strip()) for path in wanted["ProjectionExpression"].split(",")]
    return {name: row[name] for name in kept if name in row}


def _returns_old(action: Request) -> bool:
    return action.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"


def _reason(action: Request, change: Change, *, refused: bool) -> Item:
    if not refused:
        return {"Code": "None"}
    old = {"Item": change.before.wire} if change.before and _returns_old(action) else {}
    return {"Code": "ConditionalCheckFailed", **old}
