"""Write units by what they are for, which shows how far an order is from what must be written durably."""

from scripts.cost.bill import LEDGER
from scripts.cost.counts import Count, places

FLOOR = "rows that change, together with others: two units each"
ALONE = "rows that change alone: one unit each"
PURPOSES = (
    FLOOR,
    ALONE,
    "checks of other rows",
    "entries of indexes",
    "records that expire",
    "attempts that were refused",
)


def by_purpose(count: Count, expiring: frozenset[str]) -> dict[str, float]:
    """Return the units by purpose, without the ledger; the tables that are `expiring` delete their rows themselves."""
    found = dict.fromkeys(PURPOSES, 0.0)
    for (_, table, operation), units in places(count.writes):
        if table != LEDGER:
            found[_purpose(table, operation, expiring)] += units
    return found


def _purpose(table: str, operation: str, expiring: frozenset[str]) -> str:
    if table in expiring:
        return "records that expire"
    if operation.endswith("refused"):
        return "attempts that were refused"
    if operation.startswith("check"):
        return "checks of other rows"
    if operation.startswith("index"):
        return "entries of indexes"
    return FLOOR if operation.endswith("in a transaction") else ALONE
