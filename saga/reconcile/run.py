"""The reconciliation: read every table and the gateway's ledger, and check the invariants."""

import re
import time
from collections.abc import Iterator

from saga.reconcile.charges import parked_with_wrong_amounts
from saga.reconcile.invariants import violations
from saga.reconcile.snapshot import Item, Tables
from saga.reconcile.soundness import missing_secret, sort
from saga.stack import tables
from saga.stack.stack import Stack
from saga.text.durations import MINUTE
from saga.text.safe import clean
from saga.text.times import now

_SETTLING_SECONDS = 2
_LONGEST_OVERDUE = 15 * MINUTE


def check(stack: Stack) -> list[str]:
    """Return the violations, in words.

    Orders move while the tables are read one by one, so only a violation that is still there a moment later counts.
    """
    suspected = _found(stack)
    if not suspected:
        return []
    time.sleep(_SETTLING_SECONDS)
    again = set(_found(stack))
    return [violation for violation in suspected if violation in again]


def _found(stack: Stack) -> list[str]:
    rows = read(stack)
    return [*missing_secret(rows), *findings(rows, now())]


def findings(rows: Tables, at: int) -> list[str]:
    """Return what is wrong with these rows at a time in ms since the epoch, in words."""
    sound = sort(rows).sound
    overdue = [text for order in sound["SAGAS"] for text in _overdue(order, at - _LONGEST_OVERDUE)]
    return [clean(text) for text in (*violations(rows), *parked_with_wrong_amounts(sound), *overdue)]


def _overdue(order: Item, recently: int) -> Iterator[str]:
    """Check that recovery, which comes every minute, has done what is due."""
    if order.get("dueAt", recently) < recently:
        late = (
            "past its deadline" if order.get("deadlineAt", recently) < recently else "due, and nothing has resumed it"
        )
        yield f"{order['orderId']}: is still {order['status']} and long {late}"


def read(stack: Stack) -> Tables:
    """Read all tables of record, page by page and consistently. A table whose rows expire is not a record."""
    outputs = [output for output in stack.outputs if output.endswith("Table")]
    return {_name(each): tables.everything(stack, each) for each in outputs if not tables.rows_expire(stack, each)}


def _name(output: str) -> str:
    """Return the table's name in the functions' settings: ORDER_LINES for OrderLinesTable."""
    return "SAGAS" if output == "OrdersTable" else re.sub(r"(?<!^)(?=[A-Z])", "_", output.removesuffix("Table")).upper()
