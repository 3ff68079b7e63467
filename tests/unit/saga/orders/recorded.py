"""Recorded orders, and stacks that have one of them on record."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Self, cast

import boto3
from botocore.exceptions import ClientError

from saga.orders.model import Event, Execution
from saga.orders.record import Record, of_json
from saga.orders.states import as_of
from saga.stack import tables
from saga.stack.legacy import ATTRIBUTES
from saga.stack.stack import Stack
from saga.text.money import minor
from saga.text.times import iso, milliseconds
from sagas import ORDER
from statemachine.states import definition
from tests.support.asl import Json
from tests.support.template import ROOT, logical_ids
from tests.support.world import put
from tests.unit.saga.operations.shop import Session

NAMES = ("confirmed", "declined", "out_of_stock", "flaky", "parked", "resumed")


def text(name: str) -> str:
    """Return what `saga order export` wrote."""
    return (ROOT / "tests/fixtures/records" / f"{name}.json").read_text()


@cache
def record(name: str) -> Record:
    """Return a recorded order."""
    return of_json(text(name))


def event(type_: str, at: int, detail: Json, *, starts_saga: bool = False, **attributes: Json) -> Event:
    """Return an invented event; without `attributes` it is like an old one."""
    return Event.of({"startsSaga": starts_saga, "detail": detail, **attributes}, type_, at, detail)


def paused(now: int, wait: int | None = 40_000) -> Record:
    """Return the flaky order as if it had been paused after two attempts; it is tried again `wait` ms after `now`."""
    record = record_of_today("flaky")
    failure = [each["timestamp"] for each in record.executions[0].history if each["type"] == "TaskFailed"][-1]
    mark = {"state": "ProcessPayment", "reason": "TransientError", "cause": "503", "attempts": 2, "since": iso(failure)}
    if wait is not None:
        mark["nextAttemptAt"] = iso(now + wait)
    early, (execution,) = as_of(record, failure), record.executions
    ending: list[Json] = [
        {"type": "TaskStateExited", "stateExitedEventDetails": {"name": "ProcessPayment", "output": "{}"}},
        {"type": "TaskStateEntered", "stateEnteredEventDetails": {"name": "PauseOrder", "input": "{}"}},
        {"type": "TaskSucceeded", "taskSucceededEventDetails": {"output": "{}"}},
        {"type": "TaskStateExited", "stateExitedEventDetails": {"name": "PauseOrder", "output": "{}"}},
        {"type": "SucceedStateEntered", "stateEnteredEventDetails": {"name": "OrderPaused", "input": "{}"}},
        {"type": "SucceedStateExited"},
        {"type": "ExecutionSucceeded"},
    ]
    entries = tuple({**entry, "id": 100 + n, "timestamp": failure + n} for n, entry in enumerate(ending))
    history, output = early.executions[0].history + entries, {"orderId": record.order_id, "status": "PAUSED"}
    ended = replace(execution, history=history, stopped=failure + len(entries), status="SUCCEEDED", output=output)
    return replace(early, order={**record.order, "status": "PENDING", "paused": mark}, executions=(ended,))


def record_of_today(name: str) -> Record:
    """Return a recorded order with the definition as it is today."""
    return replace(record(name), definition=definition(ORDER))


class StepFunctions:
    """The executions of a record, with their histories in pages of two entries."""

    class exceptions:  # noqa: N801 - the client's name for it
        class ExecutionDoesNotExist(ClientError):
            """The client's error."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self.described: list[str] = []

    def describe_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803 - the API's name
        name = executionArn.rpartition(":")[2]
        self.described.append(name)
        found = next((each for each in self._record.executions if each.name == name), None)
        if found is None:
            error: Any = {"Error": {"Code": "ExecutionDoesNotExist", "Message": name}}
            raise self.exceptions.ExecutionDoesNotExist(error, "DescribeExecution")
        return {name: value for name, value in _description(found).items() if value is not None}

    def get_paginator(self, _operation: str) -> Self:
        return self

    def paginate(self, executionArn: str) -> list[dict[str, Any]]:  # noqa: N803
        name = executionArn.rpartition(":")[2]
        entries = next(each.history for each in self._record.executions if each.name == name)
        page = [{**entry, "timestamp": _time(entry["timestamp"])} for entry in entries]
        return [{"events": page[start : start + 2]} for start in range(0, len(page), 2)]

    def describe_state_machine_for_execution(self, executionArn: str) -> dict[str, str]:  # noqa: N803, ARG002
        return {"definition": json.dumps(self._record.definition)}

    def describe_state_machine(self, stateMachineArn: str) -> dict[str, str]:  # noqa: N803, ARG002
        return {"definition": json.dumps(self._record.definition)}


class Lambda:
    """The code of the functions, and one answer to all invocations."""

    def __init__(self, record: Record, answer: Json = None, **more: str) -> None:
        self._hashes, self._stack = record.versions["functions"], record.stack["name"]
        self._answer = {"Payload": io.BytesIO(json.dumps(answer).encode()), **more}
        self.asked: Json = None

    def get_function_configuration(self, FunctionName: str) -> dict[str, str]:  # noqa: N803
        return {"CodeSha256": self._hashes[FunctionName.removeprefix(f"{self._stack}-")]}

    def invoke(self, **asked: str) -> dict[str, Any]:
        self.asked = asked
        return self._answer


def deployed(record: Record, *, old: bool = False, **clients: object) -> Stack:
    """Return a stack with only this order on record; `old` events have no attributes."""
    stepfunctions = {"stepfunctions": StepFunctions(record), "lambda": Lambda(record)}
    outputs = {logical_id: f"test-{name.lower()}" for name, logical_id in logical_ids().items()}
    outputs |= {"StateMachineArn": record.stack["stateMachine"], "WorkflowType": record.stack["workflowType"]}
    session = cast("boto3.Session", Session(**{**stepfunctions, **clients}))
    endpoint = "http://127.0.0.1:4566" if record.stack["onEngine"] else None
    stack = Stack(record.stack["name"], session, outputs, "http://api", endpoint)
    _put(record, old=old)
    return stack


def _put(record: Record, *, old: bool) -> None:
    put("SAGAS", _order(record))
    for event in record.events:
        put("EVENTS", {**_event(record, event), **({} if old else _attributes(event))})
    if record.payment:
        intent = {name: minor(record.payment["intent"][name]) for name in ("amount", "taken", "refunded")}
        status = record.payment["intent"]["status"]
        put("GATEWAY_LEDGER", {**intent, "id": record.payment["intentId"], "status": status, "token": "pm_secret"})


def _order(record: Record) -> Json:
    view = record.order
    row = {
        **{name: view[name] for name in ("orderId", "status", "customerId")},
        "items": [
            {"productId": each["productId"], "quantity": each["quantity"], "unitPrice": minor(each["price"])}
            for each in view["items"]
        ],
        "totalAmount": minor(view["totalAmount"]),
        "createdAt": milliseconds(view["createdAt"]),
        "updatedAt": milliseconds(view["updatedAt"]),
        "paymentToken": "pm_secret",
        "fingerprint": "f",
        "shard": tables.SHARDS[0],
    }
    if record.status in tables.LISTED:
        row["byStatus"] = f"{record.status}#{tables.SHARDS[0]}"
    if not record.is_over:
        row |= {"open": tables.SHARDS[0], "dueAt": row["updatedAt"]}
    if "paused" in view:
        times = view["paused"].keys() & {"since", "nextAttemptAt"}
        row["paused"] = {**view["paused"], **{each: milliseconds(view["paused"][each]) for each in times}}
    if "parked" in view:
        row["parked"] = {**view["parked"], "at": milliseconds(view["parked"]["at"])}
    return {**row, "reason": view["reason"]} if "reason" in view else row


def _event(record: Record, event: Event) -> Json:
    detail = {name: minor(value) if isinstance(value, float) else value for name, value in event.detail.items()}
    row: Json = {"orderId": record.order_id, "eventType": event.type, "eventId": event.execution(record.order_id)}
    return {**row, "at": event.at, "detail": detail, "startsSaga": event.starts_saga}


def _attributes(event: Event) -> Json:
    values = {name: getattr(event, field) for name, field in ATTRIBUTES.items()}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items() if value}


def _description(execution: Execution) -> dict[str, Any]:
    return {
        "name": execution.name,
        "status": execution.status,
        "input": json.dumps(execution.input),
        "output": json.dumps(execution.output),
        "error": execution.error,
        "cause": execution.cause,
        "startDate": _time(execution.started),
        "stopDate": None if execution.stopped is None else _time(execution.stopped),
        "traceHeader": f"Root={execution.trace};Sampled=1" if execution.trace else None,
    }


def _time(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)
