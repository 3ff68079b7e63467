"""What a call does, and what a guard demands, in a few words: for the story and for the tables."""

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sagakit.step import Outcome
from tests.support.template import tables
from verification.simulator.expressions import Part, condition
from verification.simulator.table import EFFECTS, OUTCOMES

type Request = Mapping[str, Any]

RECORDS = {os.environ[effect.table] for effect in EFFECTS}
READS = ("GetItem", "BatchGetItem", "Query")

EVENT = re.compile(rf"\b({'|'.join(OUTCOMES)})\b")
KITS = re.compile(rf"own row|decided earlier|status as|no |sagas |record |({EVENT.pattern}) (on record|earlier)")

# What an update does, by its table and an attribute that it writes.
UPDATES = {
    ("sagas", "dueAt"): "look again later",
    ("events", "attempts"): "count the attempt",
    ("gateway", "confirms"): "gateway hears of a confirm",
    ("gateway", "confirmKey"): "gateway confirms",
    ("gateway", "refunds"): "gateway hears of a refund",
    ("gateway", "refunded"): "gateway refunds",
    ("gateway", "well"): "gateway gets well",
    ("idempotency", "data"): "idempotency record completed",
}


@cache
def short(table: str) -> str:
    """Name a table as people do: sagas, events, gateway."""
    name = next(name for name in tables() if os.environ[f"{name}_TABLE"] == table)
    return name.partition("_")[0].lower()


def deed(operation: str, request: Request) -> str:
    """Say what the call does; two calls that do the same to different orders do the same."""
    match operation:
        case "TransactWriteItems":
            return _transaction(request)
        case "UpdateItem":
            return _update(request)
        case "PutItem" | "DeleteItem":
            return _record(operation, request)
        case "Query" | "GetItem":
            return f"reads {short(request['TableName'])} {request.get('IndexName', '')}".strip()
        case "BatchGetItem":
            return "reads the catalogue"
        case _:
            return operation


def fence(operation: str, request: Request, kind: str, action: Request, part: Part) -> str:
    """Name a guard: whose it is, and what it demands."""
    return f"{deed(operation, request)}: {_guard(kind, action, part)}"


def fences(operation: str, request: Request) -> Iterator[str]:
    """Name all guards of a write."""
    for kind, action in actions(operation, request):
        for part in condition(action.get("ConditionExpression", "")):
            yield fence(operation, request, kind, action, part)


@cache
def role(name: str) -> str:
    """Name a guard by its role: the kit has one for all steps, so its events become what they say."""
    whose, _, what = name.partition(": ")
    event = OUTCOMES.get(whose, Outcome.STARTED)
    if event is Outcome.STARTED or not KITS.match(what):
        return name  # a participant's own
    return f"{event}: {EVENT.sub(lambda each: OUTCOMES[each[0]], what)}"


def actions(operation: str, request: Request) -> list[tuple[str, Request]]:
    """Give the actions of a write, each with its kind."""
    if operation == "TransactWriteItems":
        return [next(iter(each.items())) for each in request["TransactItems"]]
    return [(operation.removesuffix("Item"), request)]


def _guard(kind: str, action: Request, part: Part) -> str:
    table = short(action["TableName"])
    if table == "events" and kind == "Put":
        return "own row"
    if table == "events" and kind == "ConditionCheck":
        return _about_event(_kind(action["Key"]["eventType"]["S"]), part.text)
    if table in ("idempotency", "circuit"):
        return "nobody else is at it"
    if (table == "gateway" or action["TableName"] in RECORDS) and "status" in part.text:
        return "status as it was read"
    if table == "sagas" and "<" in part.text:
        return "decided earlier"
    return f"{'record' if action['TableName'] in RECORDS else table} {_filled_in(part.text, action)}"


def _about_event(event: str, text: str) -> str:
    if "exists" not in text:
        return f"{event} earlier"
    return f"no {event}" if "not_exists" in text else f"{event} on record"


def _transaction(request: Request) -> str:
    items = (action.get("Item", {}) for _, action in actions("TransactWriteItems", request))
    events = [item["eventType"]["S"] for item in items if "eventType" in item]
    return _kind(events[0]) if events else "gateway creates an intent"


def _update(request: Request) -> str:
    table = short(request["TableName"])
    names = request.get("ExpressionAttributeNames", {}).values()
    for (its_table, attribute), what in UPDATES.items():
        if table == its_table and attribute in names:
            return what
    if table == "circuit":
        return f"circuit {request['ExpressionAttributeValues'][':state']['S']}"
    if table == "events":
        return "cross off" if request["UpdateExpression"].startswith("REMOVE") else "set aside"
    if request["ExpressionAttributeValues"].get(":status") == {"S": "canceled"}:
        return "gateway cancels"
    return "gateway settles"


def _record(operation: str, request: Request) -> str:
    table = short(request["TableName"])
    if operation == "DeleteItem":
        return f"{table} record deleted"
    state = request["Item"]["status" if table == "idempotency" else "state"]["S"]
    return "idempotency record in progress" if table == "idempotency" else f"circuit {state}"


def _filled_in(text: str, action: Request) -> str:
    for name, real in sorted(action.get("ExpressionAttributeNames", {}).items(), reverse=True):
        text = text.replace(name, real)
    for name, value in sorted(action.get("ExpressionAttributeValues", {}).items(), reverse=True):
        text = text.replace(name, value.get("S", "n"))
    return text.replace("attribute_", "").replace(" ,", ",").replace("IN(", "in (")


def _kind(event_type: str) -> str:
    return event_type.partition("#")[0]
