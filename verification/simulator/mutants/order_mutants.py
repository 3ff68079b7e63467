"""Mutants of placing and deciding, and of the log of events."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from inventory.domain import InsufficientStock
from order import placing
from sagakit import clock, transaction
from sagakit.event import Event, History
from sagakit.transaction import Action, Rank
from verification.simulator.mutants.mutant import Change, Mutant, patched
from verification.simulator.names.saga_table import PARKED, RESUMED
from verification.simulator.names.write_sites import CONFIRMS
from verification.simulator.profiles.every_write import MANY
from verification.simulator.profiles.topics import (
    DUPLICATES,
    EVERYTHING,
    LATE,
    LITTLE_STOCK,
    OUT_OF_TURN,
    PLACING,
    RECOVERY,
)
from verification.simulator.run_plan import Profile

_numbered, _transact = History.numbered, transaction.transact
_receipt, _meaning = placing._receipt, transaction._meaning  # noqa: SLF001


def _one_by_one(actions: Sequence[Action]) -> None:
    for action in actions:
        _transact([action])


def _effect_first(actions: Sequence[Action]) -> None:
    _transact(actions[1:])
    _transact(actions[:1])


def _any_body(found: Any, _order: Any) -> Any:
    return _receipt(found["orderId"], found["totalAmount"], replayed=True)


def _unnumbered(kind: str) -> Change:
    def numbered(*args: Any, **kwargs: Any) -> Event:
        event = _numbered(*args, **kwargs)
        return replace(event, type=f"{kind}#1") if event.kind == kind else event

    return partial(patch.object, History, "numbered", numbered)


def _first_reason(step: int, cancelled: Any, actions: Sequence[Action]) -> Any:
    reasons = zip(actions, cancelled.response["CancellationReasons"], strict=True)
    meanings = [_meaning(action, reason, cancelled) for action, reason in reasons]
    return next(meaning for meaning in meanings[::step] if meaning)


def _conflict_is_shortage(refused: Action, reason: Any, cancelled: Any) -> Any:
    shortage = refused.refusal(None)
    if reason["Code"] == "TransactionConflict" and isinstance(shortage, InsufficientStock):
        return Rank.RULE, shortage
    return _meaning(refused, reason, cancelled)


PARKED_AGAIN = Profile(
    tokens=("pm_refund_refused",),
    faults=("customer cancels", "operator resumes"),
    orders=(1,),
    targeted=MANY,
    deviations=(0,),
    quantities=(1,),
    relay_down=(False,),
    sites=(CONFIRMS, "PublishEvents: PutEvents"),
)
_READING = "sagakit.transaction._reading"

MUTANTS = (
    Mutant("the order's id is random", (PLACING,), patched("order.placing.derived", lambda *_: str(uuid.uuid4()))),
    Mutant("a replay ignores a different body", (PLACING,), patched("order.placing._replay", _any_body)),
    Mutant("order and event are two writes", (PLACING,), patched("order.store.transact", _one_by_one)),
    Mutant("effect and event are two writes", (DUPLICATES,), patched("sagakit.eventlog.transact", _effect_first)),
    Mutant(
        "an event's time may precede its predecessor's",
        (EVERYTHING, LATE),
        patched("sagakit.clock.after", lambda _: clock.now()),
    ),
    Mutant(
        "the customer's cancellation records no decision",
        (LATE,),
        patched("order.api.changing.decision", SimpleNamespace(cancel=lambda *_, **__: None)),
    ),
    Mutant("parking is not numbered", (PARKED_AGAIN,), _unnumbered(PARKED)),
    Mutant("a resume is not numbered", (RECOVERY,), _unnumbered(RESUMED)),
    Mutant("the lines of one product are not merged", (PLACING,), patched("order.schemas.merged", tuple)),
    Mutant(
        "a conflict is taken for a shortage",
        (replace(LITTLE_STOCK, faults=("conflict",)),),
        patched("sagakit.transaction._meaning", _conflict_is_shortage),
    ),
    Mutant(
        "the last cancellation reason decides",
        (replace(DUPLICATES, tokens=("pm_declined",), orders=(1,)),),
        patched(_READING, partial(_first_reason, -1)),
    ),
    Mutant(
        "the first cancellation reason decides",
        (LITTLE_STOCK, DUPLICATES, OUT_OF_TURN),
        patched(_READING, partial(_first_reason, 1)),
        masked_by="steps list their actions in order of precedence",
    ),
)
