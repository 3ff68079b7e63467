"""Short names for what a call does and for what a guard demands, for traces, profiles and coverage."""

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sagakit.step import Outcome
from tests.support.template import tables
from verification.simulator.dynamodb.expressions import Guard, condition
from verification.simulator.dynamodb.in_memory_dynamodb import write_actions
from verification.simulator.names.saga_table import OUTCOMES

type Request = Mapping[str, Any]

READS = ("GetItem", "BatchGetItem", "TransactGetItems", "Query")

SHARDS_ADDED, STOCK_MOVED = "shards added", "stock moved"
NOT_RECORDED, NOTHING_SINCE = "not recorded yet", "nothing recorded since"
KIT_GUARD = re.compile(rf"{NOT_RECORDED}|{NOTHING_SINCE}|sagas ")

# Names of updates, by table and by an attribute that the update writes.
UPDATES = {
    ("sagas", "paused"): "pause",
    ("sagas", "started"): "mark started",
    ("gateway", "confirms"): "gateway counts a confirm",
    ("gateway", "confirmKey"): "gateway confirms",
    ("gateway", "refunds"): "gateway counts a refund",
    ("gateway", "refunded"): "gateway refunds",
    ("gateway", "well"): "gateway restored",
    ("idempotency", "data"): "idempotency record completed",
}


@cache
def table_name(table: str) -> str:
    """Return a table's short name: sagas, events, gateway."""
    name = next(name for name in tables() if os.environ[f"{name}_TABLE"] == table)
    return name.partition("_")[0].lower()


def operation_name(api: str, request: Request) -> str:
    """Name a call. The same operation on different orders has the same name."""
    match api:
        case "TransactWriteItems":
            return _transaction(request)
        case "UpdateItem":
            return _update(request)
        case "PutItem" | "DeleteItem":
            return _record(api, request)
        case "Query" | "GetItem":
            return f"reads {table_name(request['TableName'])} {request.get('IndexName', '')}".strip()
        case "BatchGetItem" | "TransactGetItems":
            return "reads the catalogue" if api == "BatchGetItem" else "reads all rows of a product"
        case _:
            return api


def guard_name(operation: str, kind: str, action: Request, guard: Guard) -> str:
    """Name a guard: the operation that it protects, and what it demands."""
    return f"{operation}: {_demand(operation, kind, action, guard)}"


def guard_names(api: str, request: Request) -> Iterator[str]:
    """Name all guards of a write."""
    operation = operation_name(api, request)
    for kind, action in write_actions(api, request):
        for guard in condition(action.get("ConditionExpression", "")):
            yield guard_name(operation, kind, action, guard)


@cache
def guard_role(name: str) -> str:
    """Return the role of a guard: the kit guards all steps alike, so outcomes take the place of its events."""
    operation, _, demand = name.partition(": ")
    outcome = OUTCOMES.get(operation, Outcome.STARTED)
    if outcome is Outcome.STARTED or not KIT_GUARD.match(demand):
        return name  # a participant's own guard
    return f"{outcome}: {demand}"


def _demand(operation: str, kind: str, action: Request, guard: Guard) -> str:
    table = table_name(action["TableName"])
    if table == "events" and kind == "Put":
        event = event_kind(action["Item"]["eventType"]["S"])
        return NOT_RECORDED if event == operation else f"{event} {NOT_RECORDED}"
    if table in ("idempotency", "circuit"):
        return "not held by another call"
    if table == "gateway" and "status" in guard.text:
        return "status unchanged since it was read"
    if table == "sagas" and ":after" in guard.text:
        return NOTHING_SINCE
    if table == "sagas" and ":seen" in guard.text:
        return "sagas dueAt unchanged"
    return f"{table} {_filled_in(guard.text, action)}"


def _transaction(request: Request) -> str:
    actions = [action for _, action in write_actions("TransactWriteItems", request)]
    events = [action["Item"]["eventType"]["S"] for action in actions if "eventType" in action.get("Item", {})]
    if not events and {table_name(action["TableName"]) for action in actions} == {"inventory"}:
        return SHARDS_ADDED if any("Item" in action for action in actions) else STOCK_MOVED
    return event_kind(events[0]) if events else "gateway creates intent"


def _update(request: Request) -> str:
    table = table_name(request["TableName"])
    attributes = request.get("ExpressionAttributeNames", {}).values()
    for (its_table, attribute), name in UPDATES.items():
        if table == its_table and attribute in attributes:
            return name
    if table == "circuit":
        return f"circuit {request['ExpressionAttributeValues'][':state']['S']}"
    if table == "events":
        return "take back" if request["UpdateExpression"].startswith("REMOVE") else "set aside"
    canceled = request["ExpressionAttributeValues"].get(":status") == {"S": "canceled"}
    return "gateway cancels" if canceled else "gateway settles"


def _record(api: str, request: Request) -> str:
    table = table_name(request["TableName"])
    if api == "DeleteItem":
        return f"{table} record deleted"
    return "idempotency record in progress" if table == "idempotency" else f"circuit {request['Item']['state']['S']}"


def _filled_in(text: str, action: Request) -> str:
    for name, attribute in sorted(action.get("ExpressionAttributeNames", {}).items(), reverse=True):
        text = text.replace(name, attribute)
    for name, value in sorted(action.get("ExpressionAttributeValues", {}).items(), reverse=True):
        text = text.replace(name, value.get("S", "n"))
    return text.replace("attribute_", "").replace(" ,", ",").replace("IN(", "in (")


def event_kind(event_type: str) -> str:
    """Return the kind of an event without its number: OrderParked for OrderParked#2."""
    return event_type.partition("#")[0]
