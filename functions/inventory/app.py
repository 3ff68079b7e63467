"""Reserving, releasing and restocking.

Invariant: for every product, available + held by live or confirmed sagas - returned = stocked.
"""

from inventory import store
from inventory.domain import RELEASE, RESERVE, RESTOCK, detail, lines
from sagakit.event import Event, History
from sagakit.step import Change


@RESERVE
def reserve(history: History) -> Change:
    """Take the order's items out of stock, all of them or none."""
    wanted = lines(history.start.detail)
    return Change(detail(wanted), [store.take(line) for line in wanted])


@RELEASE
def release(reserved: Event | None) -> Change:
    """Return to stock whatever the order holds."""
    held = lines(reserved.detail) if reserved else ()
    return Change(detail(held), [store.give_back(line) for line in held])


@RESTOCK
def restock(history: History) -> Change:
    """Put returned items back into stock."""
    returned = lines(history.start.detail)
    return Change(detail(returned), [store.give_back(line) for line in returned])
