"""Mutants of the outbox and of its two consumers."""

import json
import os
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import patch

from sagakit import dynamodb, tables
from sagakit.errors import TransientError
from sagakit.event import Event, to_row
from sagakit.relay import outbox, publishing, starting
from sagakit.relay.app import processor
from verification.simulator.dynamodb.in_memory_dynamodb import Change, write_actions
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.names.saga_table import FAILED
from verification.simulator.profiles.topics import DUPLICATES, LATE, OUTBOX, PARKING
from verification.simulator.world.simulation import Simulation

_publish, _start = publishing.publish, starting.start
_to_row = to_row
_committed = Simulation._committed  # noqa: SLF001
_transact_write_items = dynamodb.client.transact_write_items


def _ignore_error_codes(batch: Any) -> Any:
    publishing.bus.put_events(Entries=[entry for _, entry in batch])
    return ((event, entry, "") for event, entry in batch)


def _publish_quietly(events: Any) -> None:
    with suppress(TransientError):
        _publish(events)


def _mark_first(event: Event) -> None:
    outbox.mark_dispatched(event)
    _start(event)


def _nothing(*_: object) -> Any:
    return iter(())


def _start_raw(event: Event) -> None:
    arn, payload = json.loads(os.environ["STATE_MACHINES"])[event.saga], json.dumps({"orderId": event.saga_id})
    starting.sfn.start_execution(stateMachineArn=arn, name=event.id, input=payload)
    outbox.mark_dispatched(event)


def _without_index(event: Event) -> Any:
    return {name: value for name, value in _to_row(event).items() if name != "undispatched"}


def _without_check(key: Any) -> Event | None:
    row = dynamodb.get(tables.events(), {name: key[name] for name in ("orderId", "eventType")})
    return outbox.read(row) if row else None


def _all_or_nothing[T](found: Iterable[T], act: Callable[[T], object], _context: object) -> int:
    return len([act(each) for each in found])


def _with_own_token(**request: Any) -> Any:
    items = (action.get("Item", {}) for _, action in write_actions("TransactWriteItems", request))
    event = next((item for item in items if "eventType" in item), None)
    if event is None:
        return _transact_write_items(**request)
    name = f"{event['orderId']['S']} {event['eventType']['S'].partition('#')[0]}"
    return _transact_write_items(**request, ClientRequestToken=str(uuid.uuid5(uuid.NAMESPACE_OID, name)))


def _delete_events(sim: Simulation, changes: list[Change]) -> None:
    """Delete the events of a failed order at once, without a trace."""
    _committed(sim, changes)
    ended = {change.key[0] for change in changes if change.key[-1] == FAILED}
    for key in [key for key in sim.db.tables[tables.events()] if key[0] in ended]:
        del sim.db.tables[tables.events()][key]


MUTANTS = (
    Mutant(
        "the bus's error codes are ignored",
        (replace(OUTBOX, faults=("entry refused",)),),
        patched("sagakit.relay.publishing._send", _ignore_error_codes),
    ),
    Mutant(
        "what the bus refuses is not delivered again",
        (replace(OUTBOX, faults=("entry refused",), targeted=(8,), sites=("PublishEvents: PutEvents",)),),
        patched("sagakit.relay.publishing.publish", _publish_quietly),
    ),
    Mutant("marked dispatched before the start", (OUTBOX,), patched("sagakit.relay.starting.start", _mark_first)),
    Mutant("the relay starts no saga", (OUTBOX,), patched("sagakit.relay.starting.start", outbox.mark_dispatched)),
    Mutant("the sweeper starts no saga", (OUTBOX,), patched("sagakit.relay.outbox.undispatched", _nothing)),
    Mutant("ExecutionAlreadyExists is an error", (OUTBOX, LATE), patched("sagakit.relay.starting.start", _start_raw)),
    Mutant("a start is not on the index", (OUTBOX,), patched("sagakit.eventlog.to_row", _without_index)),
    Mutant("one bad row ends the sweep", (OUTBOX,), patched("sagakit.sweeping.each", _all_or_nothing)),
    Mutant(
        "transactions have a token made of order and event",
        (DUPLICATES, PARKING),
        partial(patch.object, dynamodb.client, "transact_write_items", _with_own_token),
    ),
    Mutant(
        "a failed order's events are deleted",
        (DUPLICATES,),
        partial(patch.object, Simulation, "_committed", _delete_events),
    ),
    Mutant(
        "the sweeper trusts the index",
        (OUTBOX,),
        patched("sagakit.relay.outbox.still_undispatched", _without_check),
        masked_by="a saga that is started again has the same execution, or another that is fenced off",
    ),
    Mutant(
        "the relay raises if every record fails",
        (OUTBOX,),
        partial(patch.object, processor, "raise_on_entire_batch_failure", True),  # noqa: FBT003
        masked_by="the sweeper starts what the relay cannot",
    ),
)
