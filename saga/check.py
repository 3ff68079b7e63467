"""The reconciliation: reads every table and the gateway's ledger, and says which order breaks which invariant."""

import re
import time

from saga import rows
from saga.cases import Tables
from saga.invariants import violations
from saga.stack import Stack

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
    """Reads all rows of all tables of record, page by page and consistently; a table whose rows expire is none."""
    outputs = [output for output in stack.outputs if output.endswith("Table")]
    return {_name(output): rows.everything(stack, output) for output in outputs if not rows.expire(stack, output)}


def _name(output: str) -> str:
    """ORDER_LINES for OrderLinesTable, as the functions' settings name it."""
    return "SAGAS" if output == "OrdersTable" else re.sub(r"(?<!^)(?=[A-Z])", "_", output.removesuffix("Table")).upper()
