"""Reads what is on record about an order: rows, executions with their histories, and what is deployed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import version

from saga import rows
from saga.failure import NoSuchOrder
from saga.legacy import ORDER
from saga.orders.api_view import detail_view, order_view, payment_view
from saga.orders.executions import definition, execution
from saga.orders.facts import Event, Execution, Json
from saga.orders.record import Record
from saga.stack import Stack

_LONGEST_ID = 64


def read(stack: Stack, order_id: str) -> Record:
    """All of it. Raises NoSuchOrder."""
    order = status(stack, order_id)
    events = events_of(stack, order_id)
    executions = _executions(stack, order_id, events)
    ran = _definition(stack, executions)
    return Record(
        order_id,
        _described(stack),
        order,
        events,
        _payment(stack, order_id),
        executions,
        ran,
        {"saga": version("order-saga"), "functions": _functions(stack, ran)},
    )


def read_again(stack: Stack, record: Record) -> Record:
    """The same order as it is now; what cannot have changed is not read again."""
    events = events_of(stack, record.order_id)
    ended = [execution for execution in record.executions if execution.stopped is not None]
    return replace(
        record,
        order=status(stack, record.order_id),
        events=events,
        payment=_payment(stack, record.order_id),
        executions=_executions(stack, record.order_id, events, ended),
    )


def status(stack: Stack, order_id: str) -> Json:
    """The order as the API shows it, by one consistent read. Raises NoSuchOrder."""
    row = rows.row(stack, "OrdersTable", {"orderId": order_id}) if 0 < len(order_id) <= _LONGEST_ID else None
    if row is None or row.get("saga", ORDER) != ORDER:
        raise NoSuchOrder(f"there is no order {order_id[:_LONGEST_ID]!r} in stack {stack.name}")
    return order_view(row)


def _described(stack: Stack) -> Json:
    return {
        "name": stack.name,
        "region": stack.region,
        "place": stack.place,
        "onEngine": stack.on_engine,
        "workflowType": stack.outputs.get("WorkflowType", "STANDARD"),
        "stateMachine": stack.outputs["StateMachineArn"],
    }


def events_of(stack: Stack, order_id: str) -> tuple[Event, ...]:
    """The events of the order, oldest first."""
    found = [_event(row) for row in rows.of_order(stack, "EventsTable", order_id)]
    return tuple(sorted(found, key=lambda event: event.at))


def _event(row: Json) -> Event:
    return Event.of(row, row["eventType"], row["at"], detail_view(row["detail"]), dispatched="undispatched" not in row)


def _payment(stack: Stack, order_id: str) -> Json | None:
    row = rows.row(stack, "PaymentsTable", {"orderId": order_id})
    if row is None:
        return None
    simulated = "GatewayLedgerTable" in stack.outputs
    return payment_view(row, rows.row(stack, "GatewayLedgerTable", {"id": row["intentId"]}) if simulated else None)


def _executions(
    stack: Stack, order_id: str, events: Iterable[Event], known: Iterable[Execution] = ()
) -> tuple[Execution, ...]:
    """Those that the events started; `known` are not read again."""
    by_name = {each.name: each for each in known}
    names = [event.execution(order_id) for event in events if event.starts_saga]
    found = [by_name.get(name) or execution(stack, name) for name in names]
    return tuple(sorted(filter(None, found), key=lambda each: each.started))


def _definition(stack: Stack, executions: tuple[Execution, ...]) -> Json:
    """The one that the last execution ran with; without an execution, the one that is deployed."""
    if not executions:
        return json.loads(stack.definition())
    return definition(stack, executions[-1].name)


def _functions(stack: Stack, definition: Json) -> dict[str, str]:
    """The hash of the code of each function that the definition calls, as it is deployed now."""
    client = stack.session.client("lambda")
    return {
        name.removeprefix(f"{stack.name}-"): client.get_function_configuration(FunctionName=name)["CodeSha256"]
        for name in sorted(set(_called(definition)))
    }


def _called(definition: Json) -> Iterator[str]:
    for state in definition["States"].values():
        arn = state.get("Arguments", {}).get("FunctionName", "")
        if ":function:" in arn:
            yield arn.split(":function:")[1].partition(":")[0]
