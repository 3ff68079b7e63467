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
from sagakit import clock, decision, eventlog, transaction
from sagakit.event import Event, History
from sagakit.guard import OPEN, transition
from sagakit.saga import Status
from sagakit.step import Outcome
from sagakit.transaction import Action, Rank
from verification.simulator.mutants.mutant import Change, Mutant, patched
from verification.simulator.names.operation_names import NOTHING_SINCE
from verification.simulator.names.saga_table import PARKED, RESUMED
from verification.simulator.names.write_sites import CONFIRMS
from verification.simulator.profiles.every_write import MANY
from verification.simulator.profiles.step_races import CONFIRMED_BEFORE_DONE, REFUSED_LATE, TORN_READS
from verification.simulator.profiles.topics import (
    DUPLICATES,
    EVERYTHING,
    LATE,
    LITTLE_STOCK,
    OUT_OF_TURN,
    PARKING,
    PLACING,
    RECOVERY,
)
from verification.simulator.run_plan import Profile

_numbered, _transact = History.numbered, transaction.transact
_receipt, _meaning, _fail = placing._receipt, transaction._meaning, decision._fail  # noqa: SLF001


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


def _deciding_once(saga_id: str, decision: Any) -> Any:
    return decision(eventlog.history(saga_id))


def _confirm_unproven(history: History) -> Event:
    saga = history.saga
    confirmed = history.next(
        saga.name_for("{}Confirmed"),
        Outcome.CONFIRMED,
        {},
        state=saga.name_for("Confirm{}"),
        rests_on=saga.confirmed_by,
    )
    return eventlog.record(confirmed, transition(confirmed, Status.PENDING, Status.CONFIRMED, removed=OPEN))


def _fail_unproven(_failures: Any, history: History) -> Event:
    return _fail({}, replace(history, events=(*history, *_unproven(history))))


def _unproven(history: History) -> Sequence[Event]:
    """Return what is missing for the end of a cancelled order, at the time of its newest event."""
    missing = [each for each in history.saga.undone_by if not history.find(each)]
    return [replace(history.events[-1], type=each) for each in missing]


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
_READING, _CONFIRM = "sagakit.transaction._reading", "sagakit.decision._confirm"

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
    Mutant("a history in parts is taken for whole", TORN_READS, partial(patch.object, History, "is_whole", True)),  # noqa: FBT003
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
        masked_by="a refusal rests on the history, too, so it is read again",
    ),
    Mutant(
        "the last cancellation reason decides, and refusals rest on any history",
        (replace(DUPLICATES, tokens=("pm_declined",), orders=(1,)), *REFUSED_LATE),
        patched(_READING, partial(_first_reason, -1)),
        without=frozenset({f"refused: {NOTHING_SINCE}"}),
    ),
    Mutant(
        "an order is confirmed without proof",
        (OUT_OF_TURN, *CONFIRMED_BEFORE_DONE),
        patched(_CONFIRM, _confirm_unproven),
    ),
    Mutant("an order fails without proof", (PARKING,), patched("sagakit.decision._fail", _fail_unproven)),
    Mutant(
        "what was overtaken is not decided again",
        (LATE, DUPLICATES, LITTLE_STOCK, RECOVERY),
        patched("sagakit.eventlog.decide", _deciding_once),
        masked_by="it is an error that passes, so the state machine, the queue or the client tries again",
    ),
    Mutant(
        "the first cancellation reason decides",
        (LITTLE_STOCK, DUPLICATES, OUT_OF_TURN),
        patched(_READING, partial(_first_reason, 1)),
        masked_by="steps list their actions in order of precedence",
    ),
)
