"""The reconciliation: reads every table and the gateway's ledger, and says which order breaks which invariant."""

import time

from saga import rows
from saga.cases import Tables
from saga.invariants import violations
from saga.stack import Stack

_TABLES = {
    "SAGAS": "OrdersTable",
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
    return {name: rows.everything(stack, output) for name, output in _TABLES.items()}
