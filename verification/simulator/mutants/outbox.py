"""Mutants of the outbox and its dispatch."""

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
from verification.simulator.database import Change
from verification.simulator.labels import actions
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.run import Run
from verification.simulator.table import FAILED
from verification.simulator.themes import LATE, OUTBOX, PARKING, TWINS

_publish, _start, _cross_off = dispatch._publish, dispatch._start_saga, dispatch._mark_dispatched  # noqa: SLF001
_committed = Run._committed  # noqa: SLF001
_transact_write_items = dynamodb.client.transact_write_items


def _never_mind(event: Event) -> None:
    with suppress(TransientError):
        _publish(event)


def _cross_off_first(event: Event) -> None:
    _cross_off(event)
    if event.starts_saga:
        _start(event)
    _publish(event)


def _cross_off_before_telling(event: Event) -> None:
    if event.starts_saga:
        _start(event)
    _cross_off(event)
    _publish(event)


def _tell_only(event: Event) -> None:
    _publish(event)
    _cross_off(event)


def _start_once(event: Event) -> None:
    arn, payload = json.loads(os.environ["STATE_MACHINES"])[event.saga], json.dumps({"orderId": event.saga_id})
    dispatch.sfn.start_execution(stateMachineArn=arn, name=event.id, input=payload)


def _with_token(**request: Any) -> Any:
    items = (action.get("Item", {}) for _, action in actions("TransactWriteItems", request))
    event = next((item for item in items if "eventType" in item), None)
    if event is None:
        return _transact_write_items(**request)
    name = f"{event['orderId']['S']} {event['eventType']['S'].partition('#')[0]}"
    return _transact_write_items(**request, ClientRequestToken=str(uuid.uuid5(uuid.NAMESPACE_OID, name)))


def _tidied(run: Run, changes: list[Change]) -> None:
    """Let the events of an order that failed expire at once, unseen."""
    _committed(run, changes)
    ended = {change.key[0] for change in changes if change.key[-1] == FAILED}
    for key in [key for key in run.db.tables[tables.events()] if key[0] in ended]:
        del run.db.tables[tables.events()][key]


MUTANTS = (
    Mutant(
        "the bus's error codes are not looked at",
        (replace(OUTBOX, faults=("entry refused",)),),
        patched("sagakit.relay.dispatch._publish", _never_mind),
    ),
    Mutant("crossed off, then dispatched", (OUTBOX,), patched("sagakit.relay.app.dispatch", _cross_off_first)),
    Mutant("crossed off, then told", (OUTBOX,), patched("sagakit.relay.app.dispatch", _cross_off_before_telling)),
    Mutant("the relay starts no saga", (OUTBOX,), patched("sagakit.relay.app.dispatch", _tell_only)),
    Mutant("the sweeper starts no saga", (OUTBOX,), patched("sagakit.recovery.app.dispatch", _tell_only)),
    Mutant(
        "ExecutionAlreadyExists is an error", (OUTBOX, LATE), patched("sagakit.relay.dispatch._start_saga", _start_once)
    ),
    Mutant(
        "transactions have a token made of order and event",
        (TWINS, PARKING),
        partial(patch.object, dynamodb.client, "transact_write_items", _with_token),
    ),
    Mutant("events are tidied when the order has failed", (TWINS,), partial(patch.object, Run, "_committed", _tidied)),
)

MASKED = (
    Mutant(
        "the relay raises when no record went well",
        (OUTBOX,),
        partial(patch.object, processor, "raise_on_entire_batch_failure", True),  # noqa: FBT003
        masked_by="the sweeper dispatches what the relay cannot",
    ),
)
