"""Sorts the rows: one that is not of its form is a finding, and nothing else is concluded from it.

Of a wrong value, only a number is shown: text may be a customer's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from saga.reconcile.forms import FORMS, OTHER
from saga.reconcile.snapshot import Item, Tables
from saga.stack.products import MalformedRow, read
from saga.stack.tables import SECRET

_SHOWN = 100  # characters of a key


@dataclass(frozen=True)
class Sorted:
    """The rows that are of their form, what is wrong with the others, and the orders to which those belong."""

    sound: Tables
    wrong: Sequence[str]
    spoiled: frozenset[str]


def sort(tables: Tables) -> Sorted:
    """Sort the rows of all tables. The row with the secret of the order IDs is checked, but is no order's."""
    sound: dict[str, list[Item]] = {}
    wrong, spoiled = list[str](), set[str]()
    for table, rows in tables.items():
        sound[table] = []
        for row in rows:
            faults = list(_faults(table, row))
            wrong += faults
            if faults and isinstance(row.get("orderId"), str):
                spoiled.add(row["orderId"])
            elif not faults and row.get("orderId") != SECRET:
                sound[table].append(row)
    return Sorted(sound, wrong, frozenset(spoiled))


def missing_secret(tables: Tables) -> list[str]:
    """Return a finding if there are orders, but no secret from which the IDs of the next ones are derived."""
    ids = {row.get("orderId") for row in tables["SAGAS"] if isinstance(row.get("orderId"), str)}
    return [f"{SECRET}: is missing, although there are orders (SAGAS)"] if ids and SECRET not in ids else []


def _faults(table: str, row: Item) -> Iterator[str]:
    if table == "INVENTORY":
        name = str(row.get("productId", "?"))[:_SHOWN]
        yield from (f"{name}: {fault} (INVENTORY)" for fault in _fault_of_product(row))
        return
    form = FORMS[table](row) if table in FORMS else OTHER
    for attribute in form.wrong(row):
        name = " ".join(str(row.get(each, "?"))[:_SHOWN] for each in form.key)
        fault = f"{_shown(row[attribute])}, not {form.kinds[attribute].words}" if attribute in row else "missing"
        yield f"{name}: {attribute} is {fault} ({table})"


def _fault_of_product(row: Item) -> Iterator[str]:
    if isinstance(found := read(row), MalformedRow):
        yield str(found)


def _shown(value: object) -> str:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    return "empty" if value in ("", [], {}) else f"a {type(value).__name__}"
