"""Compares the stock with what all orders hold, in little memory: the sum of each product."""

from collections import Counter
from collections.abc import Sequence

from saga.reconcile.invariants import stock
from saga.reconcile.records import Records
from saga.reconcile.snapshot import Item, held_after
from saga.reconcile.soundness import sort
from saga.stack.legacy import complete


class Shelf:
    """The products as they were when the walk through the events began, and what the events hold so far.

    A product that has changed since then cannot be judged: some of its events may have been missed.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._before, self._held = self._products(), Counter[str]()
        self.moved = set[str]()

    def count(self, events: Sequence[Item]) -> None:
        """Add what these events hold."""
        self._held.update(held_after(map(complete, sort({"EVENTS": events}).sound["EVENTS"])))

    def wrong(self) -> list[str]:
        """Return what is wrong with the products, once all events are counted; those that `moved` are not judged."""
        now = self._products()
        self.moved |= {_product(row) for name, row in now.items() if row != self._before.get(name)}
        rows = sort({"INVENTORY": [*now.values()]})
        judged = (row for row in rows.sound["INVENTORY"] if _product(row) not in self.moved)
        return [*rows.wrong, *stock(self._held, judged)]

    def wrong_again(self) -> list[str]:
        """Return the same for all events and products as they are now."""
        later = Shelf(self._records)
        for _, events in self._records.pages("EVENTS"):
            later.count(events)
        found = later.wrong()
        self.moved |= later.moved
        return found

    def _products(self) -> dict[str, Item]:
        return {row["productId"]: row for _, page in self._records.pages("INVENTORY") for row in page}


def _product(row: Item) -> str:
    """Return the ID of the product whose stock, or part of it, is in the row."""
    return str(row.get("shardOf", row["productId"]))
