"""Mutants of the outbox and of dispatch."""

import json
import os
import uuid
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import patch

from sagakit import dynamodb, tables
from sagakit.errors import TransientError
from sagakit.event import Event
from sagakit.relay import dispatch
from sagakit.relay.app import processor
from verification.simulator.dynamodb.in_memory_dynamodb import Change, write_actions
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.names.saga_table import FAILED
from verification.simulator.profiles.topics import DUPLICATES, LATE, OUTBOX, PARKING
from verification.simulator.world.simulation import Simulation

_publish, _start, _mark_dispatched = dispatch._publish, dispatch._start_saga, dispatch._mark_dispatched  # noqa: SLF001
_committed = Simulation._committed  # noqa: SLF001
_transact_write_items = dynamodb.client.transact_write_items


def _ignore_error_codes(event: Event) -> None:
    with suppress(TransientError):
        _publish(event)


def _mark_first(event: Event) -> None:
    _mark_dispatched(event)
    if event.starts_saga:
        _start(event)
    _publish(event)


def _mark_too_early(event: Event) -> None:
    if event.starts_saga:
        _start(event)
    _mark_dispatched(event)
    _publish(event)


def _publish_only(event: Event) -> None:
    _publish(event)
    _mark_dispatched(event)


def _start_raw(event: Event) -> None:
    arn, payload = json.loads(os.environ["STATE_MACHINES"])[event.saga], json.dumps({"orderId": event.saga_id})
    dispatch.sfn.start_execution(stateMachineArn=arn, name=event.id, input=payload)


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
        (replace(OUTBOX, faults=("entry rejected",)),),
        patched("sagakit.relay.dispatch._publish", _ignore_error_codes),
    ),
    Mutant("marked dispatched before dispatch", (OUTBOX,), patched("sagakit.relay.app.dispatch", _mark_first)),
    Mutant("marked dispatched before publishing", (OUTBOX,), patched("sagakit.relay.app.dispatch", _mark_too_early)),
    Mutant("the relay starts no saga", (OUTBOX,), patched("sagakit.relay.app.dispatch", _publish_only)),
    Mutant("the sweeper starts no saga", (OUTBOX,), patched("sagakit.recovery.app.dispatch", _publish_only)),
    Mutant(
        "ExecutionAlreadyExists is an error", (OUTBOX, LATE), patched("sagakit.relay.dispatch._start_saga", _start_raw)
    ),
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
        masked_by="the sweeper dispatches what the relay cannot",
    ),
)
