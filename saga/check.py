"""The reconciliation: reads every table and the gateway's ledger, and says which order breaks which invariant."""

import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from saga.invariants import Tables, violations
from saga.stack import Stack

_TABLES = {
    "ORDERS": "OrdersTable",
    "ORDER_LINES": "OrderLinesTable",
    "EVENTS": "EventsTable",
    "INVENTORY": "InventoryTable",
    "PAYMENTS": "PaymentsTable",
    "GATEWAY_LEDGER": "GatewayLedgerTable",
}
_SETTLING_SECONDS = 2


def check(stack: Stack) -> list[str]:
    """Gives what is wrong, in words; nothing, where all is well.

    Tables are read one after the other while orders move, so what looks wrong is looked at once more, and told only
    when it is still so.
    """
    suspected = violations(read(stack))
    if not suspected:
        return []
    time.sleep(_SETTLING_SECONDS)
    again = set(violations(read(stack)))
    return [violation for violation in suspected if violation in again]


def read(stack: Stack) -> Tables:
    """Reads all rows of all tables, page by page and consistently."""
    resource = stack.session.resource("dynamodb")
    return {name: _rows(resource.Table(stack.outputs[output])) for name, output in _TABLES.items()}


def _rows(table: Any) -> Sequence[dict[str, Any]]:  # noqa: ANN401 - boto3's own Table
    rows: list[dict[str, Any]] = []
    start: dict[str, Any] = {}
    while True:
        page = table.scan(ConsistentRead=True, **start)
        rows += [_plain(item) for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return rows
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of an item
    match value:
        case Decimal():
            return int(value)
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value
