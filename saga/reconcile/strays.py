"""What a walk by the events does not reach: orders without events, rows without an order, the gateway's ledger."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import batched

from saga.http import Json
from saga.reconcile.pairs import Pairs, recounted
from saga.reconcile.part import BATCH, Judge, Part, Place
from saga.reconcile.records import Records
from saga.reconcile.snapshot import Item
from saga.reconcile.soundness import missing_secret, sort
from saga.stack import tables
from saga.stack.kinds import kind_of
from saga.stack.legacy import complete
from saga.stack.tables import SECRET

_LEDGER = "GATEWAY_LEDGER"

type JudgePage = Callable[[Sequence[Item]], list[str]]


def starts(records: Records, judge: Judge, start: Json) -> Iterator[Part]:
    """Yield the pages of orders. Those that lack the event with which others of their kind start are judged."""
    return _pages(records, "SAGAS", start, partial(_starts, records, judge))


def others(records: Records, table: str, start: Json) -> Iterator[Part]:
    """Yield the pages of another table, whose rows belong to orders."""
    return _pages(records, table, start, partial(_strays, records, table))


def ledger(records: Records, _start: Json) -> Iterator[Part]:
    """Yield the pages of the ledger from its beginning; and then its keys and intents, which may lie far apart."""
    pairs, scan = Pairs(), partial(_sound, records)
    for key, rows in records.pages(_LEDGER):
        pairs.add(sort({_LEDGER: rows}).sound[_LEDGER])
        yield _part(records, Place(_LEDGER, key), rows, partial(_faults, _LEDGER))
    yield Part(Place(_LEDGER), 0, partial(pairs.contradictions, scan), partial(recounted, scan))


def _pages(records: Records, table: str, start: Json, judge: JudgePage) -> Iterator[Part]:
    for key, rows in records.pages(table, start):
        yield _part(records, Place(table, key), rows, judge)


def _part(records: Records, place: Place, rows: Sequence[Item], judge: JudgePage) -> Part:
    def again() -> list[str]:
        return judge(records.page(place.table, place.start))

    return Part(place, len(rows), partial(judge, rows), again)


def _faults(table: str, rows: Sequence[Item]) -> list[str]:
    return [*sort({table: rows}).wrong]


def _starts(records: Records, judge: Judge, rows: Sequence[Item]) -> list[str]:
    secret = tables.row(records.stack, records.names["SAGAS"], {"orderId": SECRET})
    wrong = [*missing_secret({"SAGAS": [*rows, *([secret] if secret else [])]}), *_faults("SAGAS", rows)]
    by_kind = defaultdict[str, list[str]](list)
    for row in sort({"SAGAS": rows}).sound["SAGAS"]:
        by_kind[kind_of(row)].append(row["orderId"])
    for batch in batched((each for ids in by_kind.values() for each in _without(records, ids)), BATCH, strict=False):
        wrong += judge(batch, {})
    return wrong


def _without(records: Records, ids: Sequence[str]) -> list[str]:
    """Return which of these orders lack the event that started the first of them."""
    events = sort({"EVENTS": tables.event_rows(records.stack, ids[0])}).sound["EVENTS"]
    started = (event["eventType"] for event in map(complete, events) if event.get("outcome") == "started")
    start = next(started, "")
    keys = ((("orderId", each), ("eventType", start)) for each in ids if start)
    return sorted(set(ids) - records.orders("EVENTS", keys))


def _strays(records: Records, table: str, rows: Sequence[Item]) -> list[str]:
    """Return the faults of the rows, and those that belong to no order."""
    ids = dict.fromkeys(row["orderId"] for row in sort({table: rows}).sound[table] if "orderId" in row)
    known = records.orders("SAGAS", ((("orderId", each),) for each in ids))
    return [*_faults(table, rows), *(f"{each}: no such order" for each in ids if each not in known)]


def _sound(records: Records) -> Iterator[Item]:
    for _, rows in records.pages(_LEDGER):
        yield from sort({_LEDGER: rows}).sound[_LEDGER]
