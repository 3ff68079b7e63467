"""The reconciliation: read every table and the gateway's ledger, and check the invariants."""

import re
import time

from saga.reconcile.invariants import violations
from saga.reconcile.snapshot import Tables
from saga.stack import tables
from saga.stack.stack import Stack

_SETTLING_SECONDS = 2


def check(stack: Stack) -> list[str]:
    """Return the violations, in words.

    Orders move while the tables are read one by one, so only a violation that is still there a moment later counts.
    """
    suspected = violations(read(stack))
    if not suspected:
        return []
    time.sleep(_SETTLING_SECONDS)
    again = set(violations(read(stack)))
    return [violation for violation in suspected if violation in again]


def read(stack: Stack) -> Tables:
    """Read all tables of record, page by page and consistently. A table whose rows expire is not a record."""
    outputs = [output for output in stack.outputs if output.endswith("Table")]
    return {_name(each): tables.everything(stack, each) for each in outputs if not tables.rows_expire(stack, each)}


def _name(output: str) -> str:
    """Return the table's name in the functions' settings: ORDER_LINES for OrderLinesTable."""
    return "SAGAS" if output == "OrdersTable" else re.sub(r"(?<!^)(?=[A-Z])", "_", output.removesuffix("Table")).upper()
