"""Load everything on record about an order: rows, executions with their histories, and what is deployed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import boto3

from saga.http import Json
from saga.orders.api_view import detail_view, order_view, payment_view
from saga.orders.model import Event, Execution
from saga.orders.record import Record
from saga.stack import tables
from saga.stack.kinds import TRANSACTION, kind_of
from saga.stack.payments import payment_of
from saga.stack.stack import Stack
from saga.text.times import milliseconds

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


def read(stack: Stack, order_id: str) -> Record:
    """Load an order, a transaction or a return.

    Raises:
        NoSuchOrder: none has this ID.
    """
    order, rows = status(stack, order_id), _event_rows(stack, order_id)
    events = tuple(map(_event, rows))
    kind = kind_of(order)
    executions = _executions(stack, kind, order_id, events)
    machine = _definition(stack, kind, executions[-1].name) if executions else json.loads(stack.definition(kind))
    versions = {"saga": version("order-saga"), "functions": _functions(stack, machine)}
    payment, returns = _payment(stack, rows), _returns(stack, events)
    return Record(order_id, _described(stack, kind), order, events, payment, executions, machine, versions, returns)


def read_again(stack: Stack, record: Record) -> Record:
    """Return the record as it is now, without reading again what cannot have changed."""
    rows = _event_rows(stack, record.order_id)
    events = tuple(map(_event, rows))
    ended = [execution for execution in record.executions if execution.stopped is not None]
    return replace(
        record,
        order=status(stack, record.order_id),
        events=events,
        payment=_payment(stack, rows),
        executions=_executions(stack, record.kind, record.order_id, events, ended),
        returns=_returns(stack, events),
    )


def status(stack: Stack, order_id: str) -> Json:
    """Return the order, or the transaction or return, as the API shows it, by one consistent read."""
    return order_view(tables.order_row(stack, order_id))


def events_of(stack: Stack, order_id: str) -> tuple[Event, ...]:
    """Return the events of the order, oldest first."""
    return tuple(map(_event, _event_rows(stack, order_id)))


def _event_rows(stack: Stack, order_id: str) -> list[Json]:
    return sorted(tables.event_rows(stack, order_id), key=lambda row: row["at"])


def _event(row: Json) -> Event:
    return Event.of(row, row["eventType"], row["at"], detail_view(row["detail"], row.get("outcome", "")))


def _returns(stack: Stack, events: Iterable[Event]) -> tuple[Json, ...]:
    """Return the returns that the order has accepted, oldest first."""
    ids = [event.detail["returnId"] for event in events if event.outcome == "returning"]
    rows = {row["orderId"]: row for row in tables.rows(stack, "OrdersTable", [{"orderId": each} for each in ids])}
    return tuple(order_view(rows[each]) for each in ids if each in rows)


def _described(stack: Stack, kind: str) -> Json:
    return {
        "name": stack.name,
        "region": stack.region,
        "place": stack.place,
        "onEngine": stack.on_engine,
        "workflowType": "QUEUES" if kind == TRANSACTION else stack.outputs.get("WorkflowType", "STANDARD"),
        "stateMachine": stack.machine_arn(kind),
    }


def _payment(stack: Stack, events: Iterable[Json]) -> Json | None:
    paid = payment_of(events)
    if paid is None:
        return None
    in_ledger = "GatewayLedgerTable" in stack.outputs and paid["intentId"]  # a free order has no intent
    return payment_view(paid, tables.row(stack, "GatewayLedgerTable", {"id": paid["intentId"]}) if in_ledger else None)


def _executions(
    stack: Stack, kind: str, order_id: str, events: Iterable[Event], known: Iterable[Execution] = ()
) -> tuple[Execution, ...]:
    """Return the executions that the events started, oldest first; those already known are not read again.

    AWS describes no EXPRESS executions: only their log has a history. Queues have no executions at all.
    """
    if not stack.machine_arn(kind) or (stack.is_express and not stack.on_engine):
        return ()
    by_name = {each.name: each for each in known}
    names = [event.execution(order_id) for event in events if event.starts_saga]
    executions = [by_name.get(name) or _execution(stack, kind, name) for name in names]
    return tuple(sorted(filter(None, executions), key=lambda each: each.started))


def _execution(stack: Stack, kind: str, name: str) -> Execution | None:
    """Return an execution with its history; None if it has not started, or AWS keeps nothing of it."""
    arn, stepfunctions = stack.execution_arn(name, kind), _stepfunctions(stack.session)
    try:
        described = stepfunctions.describe_execution(executionArn=arn)
    except stepfunctions.exceptions.ExecutionDoesNotExist:
        return None
    stopped, trace = described.get("stopDate"), described.get("traceHeader", "")
    pages = stepfunctions.get_paginator("get_execution_history").paginate(executionArn=arn)
    entries: Iterator[Json] = (entry for page in pages for entry in page["events"])
    return Execution(
        name,
        described["status"],
        milliseconds(described["startDate"]),
        milliseconds(stopped) if stopped else None,
        json.loads(described["input"]),
        json.loads(described.get("output") or "null"),
        described.get("error"),
        described.get("cause"),
        tuple({**entry, "timestamp": milliseconds(entry["timestamp"])} for entry in entries),
        dict(field.partition("=")[::2] for field in trace.split(";")).get("Root"),
    )


def _definition(stack: Stack, kind: str, name: str) -> Json:
    arn, stepfunctions = stack.execution_arn(name, kind), _stepfunctions(stack.session)
    return json.loads(stepfunctions.describe_state_machine_for_execution(executionArn=arn)["definition"])


@lru_cache
def _stepfunctions(session: boto3.Session) -> "SFNClient":
    """Return the session's only client: creating one takes longer than most requests."""
    return session.client("stepfunctions")


def _functions(stack: Stack, definition: Json) -> dict[str, str]:
    """Return the hash of the deployed code of each function that the definition calls."""
    arns = (state.get("Arguments", {}).get("FunctionName", "") for state in definition["States"].values())
    names = {arn.split(":function:")[1].partition(":")[0] for arn in arns if ":function:" in arn}
    client = stack.session.client("lambda")
    return {
        name.removeprefix(f"{stack.name}-"): client.get_function_configuration(FunctionName=name)["CodeSha256"]
        for name in sorted(names)
    }
