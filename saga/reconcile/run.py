"""The reconciliation: walk through every table and the gateway's ledger, and check the invariants."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from saga.reconcile.charges import parked_with_wrong_amounts
from saga.reconcile.invariants import violations
from saga.reconcile.part import Look, Part, Place
from saga.reconcile.records import Records
from saga.reconcile.shelf import Shelf
from saga.reconcile.snapshot import Item, Tables
from saga.reconcile.soundness import sort
from saga.reconcile.walk import BEGINNING, whole, window
from saga.stack.stack import Stack
from saga.text.durations import MINUTE
from saga.text.safe import clean
from saga.text.times import now

_SETTLING_SECONDS = 2
_LONGEST_OVERDUE = 15 * MINUTE


def check(stack: Stack) -> list[str]:
    """Return the violations in all tables, in words."""
    return Check(stack).violations()


class Check:
    """A check of everything, or of the orders that were placed `since` (ms since the epoch), or from a `place` on.

    `place` is always where to go on if the check is interrupted, and `found` what it has found by then.
    """

    def __init__(self, stack: Stack, since: int | None = None, place: Place = BEGINNING) -> None:
        self.place, self._records = place, Records(stack)
        self._suspects: list[tuple[list[str], Look]] = []
        self._shelf = Shelf(self._records) if since is None and place == BEGINNING else None
        self._parts = self._walk(since)

    @property
    def found(self) -> list[str]:
        """What is wrong, unless it is only moving, in words."""
        return list(dict.fromkeys(clean(text) for texts, _ in self._suspects for text in texts))

    @property
    def not_judged(self) -> str:
        """What this check does not judge, in words; empty if it judges everything."""
        if self._shelf is None:
            return "the stock was not judged: only a check of everything in one go adds it up"
        moved = ", ".join(map(clean, sorted(self._shelf.moved)))
        return f"the stock of {moved} was not judged: it changed meanwhile" if moved else ""

    def violations(self, advance: Callable[[str, int], None] = lambda _table, _rows: None) -> list[str]:
        """Return the violations, in words. `advance` is told the table and the number of rows that were read.

        Orders move while they are read, so only a violation that is still there a moment later counts.
        """
        for part in self._parts:
            self.place = part.place
            if texts := part.look():
                self._suspects.append((texts, part.again))
            advance(part.place.table, part.rows)
        if self._suspects:
            time.sleep(_SETTLING_SECONDS)
            self._suspects = [(_still(texts, again), again) for texts, again in self._suspects]
        return self.found

    def _walk(self, since: int | None) -> Iterator[Part]:
        if since is None:
            return whole(self._records, self._judge, self._shelf, self.place)
        return window(self._records, self._judge, since)

    def _judge(self, ids: Sequence[str], at_hand: Mapping[str, Sequence[Item]]) -> list[str]:
        return findings(self._records.about(ids, at_hand), now())


def _still(texts: Sequence[str], again: Look) -> list[str]:
    now_found = set(again())
    return [text for text in texts if text in now_found]


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
