"""Reserve and release stock.

Invariant of the pair: for every product, available + held by live or confirmed sagas = what was stocked.
"""

from inventory import store
from inventory.domain import RELEASE, RESERVE, detail, lines
from sagakit.event import Event, History
from sagakit.step import Change


@RESERVE
def reserve(history: History) -> Change:
    """Take what the order wants off the shelf, all of it or nothing."""
    wanted = lines(history.start.detail)
    return Change(detail(wanted), [store.take(line) for line in wanted])


@RELEASE
def release(reserved: Event | None) -> Change:
    """Put back what is held."""
    held = lines(reserved.detail) if reserved else ()
    return Change(detail(held), [store.give_back(line) for line in held])
