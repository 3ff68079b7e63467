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
from sagakit.event import Event
from sagakit.relay import publishing, starting
from sagakit.relay.app import processor
from verification.simulator.dynamodb.in_memory_dynamodb import Change, write_actions
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.names.saga_table import FAILED
from verification.simulator.profiles.topics import DUPLICATES, LATE, OUTBOX, PARKING
from verification.simulator.profiles.waiting_writes import UNREADABLE_EVENTS, UNSTARTED_CRASHES
from verification.simulator.world.simulation import Simulation

_publish = publishing.publish
_committed = Simulation._committed  # noqa: SLF001
_transact_write_items = dynamodb.client.transact_write_items


def _ignore_error_codes(batch: Any) -> Any:
    publishing.bus.put_events(Entries=[entry for _, entry in batch])
    return ((event, entry, "") for event, entry in batch)


def _publish_quietly(events: Any) -> None:
    with suppress(TransientError):
        _publish(events)


def _start_raw(event: Event) -> bool:
    arn, payload = json.loads(os.environ["STATE_MACHINES"])[event.saga], json.dumps({"orderId": event.saga_id})
    starting.sfn.start_execution(stateMachineArn=arn, name=event.id, input=payload)
    return True


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
    Mutant("no saga is started", (OUTBOX,), patched("sagakit.relay.starting.start", lambda _: True)),
    Mutant(
        "ExecutionAlreadyExists is an error",
        (OUTBOX, LATE, UNSTARTED_CRASHES),
        patched("sagakit.relay.starting.start", _start_raw),
        masked_by="what cannot be started is paused, and resumed under another name",
    ),
    Mutant("one bad row ends the sweep", (UNREADABLE_EVENTS,), patched("sagakit.sweeping.each", _all_or_nothing)),
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
        "the relay raises if every record fails",
        (OUTBOX,),
        partial(patch.object, processor, "raise_on_entire_batch_failure", True),  # noqa: FBT003
        masked_by="the sweeper starts what the relay cannot",
    ),
)
