"""What may happen to the outbox: its stream delivers or not, in any order, and malformed rows and records turn up."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from sagakit import tables
from sagakit.event import shard
from sagakit.relay.outbox import SET_ASIDE
from verification.simulator.names.saga_table import SAGAS
from verification.simulator.world.malformed_events import (
    NOT_AN_EVENT,
    POISON,
    deleted_event,
    malformed_row,
    misplaced_row,
    unpublishable_row,
    unstartable_row,
)
from verification.simulator.world.simulation import Simulation

type Action = Callable[[], object]
type Options = Callable[[Simulation], Iterable[Action]]  # the ways in which an action is possible now


def _deliver(sim: Simulation) -> Iterator[Action]:
    for each in sim.stream.consumers:
        yield from (partial(each.deliver, each.pending[:size]) for size in (1, 3) if each.pending)


def _deliver_out_of_order(sim: Simulation) -> Iterator[Action]:
    for each in sim.stream.consumers:
        yield from (partial(each.deliver, [record]) for record in each.pending[1:])


def _redeliver(sim: Simulation) -> Iterator[Action]:
    for each in sim.stream.consumers:
        yield from (partial(each.deliver, [record]) for record in each.delivered)


def _give_up_starting(sim: Simulation) -> None:
    starting = sim.stream.starting
    starting.given_up, starting.pending = [*starting.given_up, *starting.pending], []


def _deliver_poison(sim: Simulation) -> Iterator[Action]:
    record = sim.stream.record(NOT_AN_EVENT)
    for each in sim.stream.consumers:
        yield partial(each.deliver, [record, *each.pending[:2]])
        yield partial(each.deliver, [record])


def _deliver_deleted(sim: Simulation) -> Iterator[Action]:
    for saga in SAGAS:
        yield partial(sim.stream.starting.deliver, [sim.stream.record(deleted_event(starts_saga=True, saga=saga))])
    for starts_saga in (False, True):
        yield partial(sim.stream.publishing.deliver, [sim.stream.record(deleted_event(starts_saga=starts_saga))])


def _put_poison_row(sim: Simulation) -> Iterator[Action]:
    for key in map(shard, sim.order_ids):
        malformed = malformed_row(key), {**unstartable_row(key), "detail": "no object"}
        unstartable = unstartable_row(key), {**unstartable_row(key), "undispatched": SET_ASIDE}
        misplaced = (misplaced_row(key, where) for where in (shard(POISON), SET_ASIDE))
        unpublishable = unpublishable_row(key), {**unpublishable_row(key), "undispatched": SET_ASIDE}
        rows = *malformed, *unstartable, *unpublishable, *misplaced
        for number, row in enumerate(rows):  # each kind has its own key: nothing replaces a row by another
            if (POISON, name := f"{key}.{number}") not in sim.db.tables[tables.events()]:
                yield partial(sim.db.put, tables.events(), {**row, "eventType": name})


OUTBOX_ACTIONS: dict[str, Options] = {
    "stream delivers": _deliver,
    "record out of order": _deliver_out_of_order,
    "record redelivered": _redeliver,
    "poison record": _deliver_poison,
    "record of a deleted row": _deliver_deleted,
    "starts given up": lambda sim: [partial(_give_up_starting, sim)] if sim.stream.starting.pending else [],
    "poison row": _put_poison_row,
    "poison row deleted": lambda sim: (
        partial(sim.db.delete, tables.events(), key) for key in sim.db.tables[tables.events()] if key[0] == POISON
    ),
}
