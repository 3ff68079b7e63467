"""Reserving, releasing and restocking.

Invariant: for every product, available + held by live or confirmed sagas - returned = stocked.
"""

from inventory import shards, store
from inventory.domain import RELEASE, RESERVE, RESTOCK, detail, lines, taken
from sagakit.event import Event, History
from sagakit.step import Change


@RESERVE
def reserve(history: History) -> Change:
    """Take the order's items out of stock, all of them or none."""
    wanted = lines(history.start.detail)
    parts = shards.parts(wanted, history.start.detail.get("shards", {}))
    rows = {part.product_id: part.quantity for part in parts}
    came_from = {} if parts == list(wanted) else {"takenFrom": rows}
    return Change({**detail(wanted), **came_from}, [store.take(part) for part in parts])


@RELEASE
def release(reserved: Event | None) -> Change:
    """Return to stock whatever the order holds, each piece to the row that it came from."""
    held, rows = (lines(reserved.detail), taken(reserved.detail)) if reserved else ((), ())
    return Change(detail(held), [store.give_back(row) for row in rows])


@RESTOCK
def restock(history: History) -> Change:
    """Put returned items back into stock, in the product's own row."""
    returned = lines(history.start.detail)
    return Change(detail(returned), [store.give_back(line) for line in returned])
