"""Walks through the tables part by part, so that any number of orders is checked in the memory of a few.

A part is a page of a table, or a batch of the orders on a page. It is judged on its own, so a walk can begin anywhere.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import batched, chain

from saga.failures import UsageFailure
from saga.http import Json
from saga.reconcile import strays
from saga.reconcile.part import BATCH, Judge, Part, Place
from saga.reconcile.records import Records
from saga.reconcile.shelf import Shelf
from saga.reconcile.snapshot import Item
from saga.stack import tables

BEGINNING = Place("EVENTS")


def window(records: Records, judge: Judge, since: int) -> Iterator[Part]:
    """Yield the orders, transactions and returns that were placed since then (ms since the epoch)."""
    entries = (tables.query(records.stack, tables.PLACED, shard, since) for shard in tables.SHARDS)
    ids = (entry["orderId"] for entry in chain.from_iterable(entries))
    for batch in batched(ids, BATCH, strict=False):
        look = partial(judge, batch, {})
        yield Part(Place("SAGAS"), len(batch), look, look)


def whole(records: Records, judge: Judge, shelf: Shelf | None, place: Place) -> Iterator[Part]:
    """Return everything from a place on: orders by their events, orders without events, and what belongs to no order.

    The stock is judged too if its `shelf` is given. Then the place has to be the beginning.

    Raises:
        UsageFailure: the place is in none of the tables.
    """
    others = sorted(records.names.keys() - {"EVENTS", "SAGAS", "INVENTORY", "GATEWAY_LEDGER"})
    walks = {"EVENTS": partial(_by_events, records, judge, shelf), "SAGAS": partial(strays.starts, records, judge)}
    walks |= {table: partial(strays.others, records, table) for table in others}
    walks |= {table: partial(strays.ledger, records) for table in ("GATEWAY_LEDGER",) if table in records.names}
    if place.table not in walks:
        raise UsageFailure("--from names a table that this stack doesn't have")
    left = list(walks)[list(walks).index(place.table) :]
    return chain.from_iterable(walks[table](place.start if table == place.table else None) for table in left)


def _by_events(records: Records, judge: Judge, shelf: Shelf | None, start: Json) -> Iterator[Part]:
    """Yield the orders of each page of events.

    The events of an order lie side by side, so only those of the first and the last one may go on on another page, and
    are read again. If any others did not lie so, an order would be judged by parts of its events. Only one part has the
    event that started the order, which every status needs. So another one is suspected, and the order is read again.
    """
    for key, rows in records.pages("EVENTS", start):
        if shelf:
            shelf.count(rows)
        events = defaultdict[str, list[Item]](list)
        for row in rows:
            events[row["orderId"]].append(row)
        ids = tuple(events)
        within = {each: events[each] for each in ids[1:-1]}
        for batch in batched(ids, BATCH, strict=False):
            counted = sum(len(events[each]) for each in batch)
            yield Part(Place("EVENTS", key), counted, partial(_judged, judge, batch, within), partial(judge, batch, {}))
    if shelf:
        yield Part(Place("SAGAS"), 0, shelf.wrong, shelf.wrong_again)


def _judged(judge: Judge, batch: Sequence[str], within: Mapping[str, Sequence[Item]]) -> list[str]:
    return judge(batch, {}) if judge(batch, within) else []
