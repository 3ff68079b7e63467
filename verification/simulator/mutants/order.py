"""Mutants of the order: placing it, deciding about it, parking it."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

from inventory.domain import InsufficientStock
from order import placing
from sagakit import clock, guard, parking, transaction
from sagakit.event import Event
from sagakit.transaction import Action, Rank
from verification.simulator.drills import PARKS
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.races import ENDED_PARKED
from verification.simulator.table import PARKED, RESUMED
from verification.simulator.themes import EVERYTHING, LATE, PARKING, PLACING, RECOVERY, SHELF, STRAYS, TWINS

_numbered, _transition, _transact = parking._numbered, guard.transition, transaction.transact  # noqa: SLF001
_receipt, _meaning = placing._receipt, transaction._meaning  # noqa: SLF001


def _one_by_one(actions: Sequence[Action]) -> None:
    for action in actions:
        _transact([action])


def _effect_first(actions: Sequence[Action]) -> None:
    _transact(actions[1:])
    _transact(actions[:1])


def _any_body(found: Any, _order: Any) -> Any:
    return _receipt(found["orderId"], found["totalAmount"], replayed=True)


def _unnumbered(kind: str, *of: Any, **made: Any) -> Event:
    event = _numbered(*of, **made)
    return replace(event, type=f"{kind}#1") if event.kind == kind else event


def _listed(*of: Any, removed: tuple[str, ...] = (), **named: Any) -> Any:
    return _transition(*of, removed=tuple(name for name in removed if name == "parked"), **named)


def _still_parked(*of: Any, removed: tuple[str, ...] = (), **named: Any) -> Any:
    return _transition(*of, removed=tuple(name for name in removed if name != "parked"), **named)


def _unlisted(*of: Any, removed: tuple[str, ...] = (), settings: Any = None, **named: Any) -> Any:
    kept = {name: value for name, value in (settings or {}).items() if name not in ("open", "dueAt")}
    return _transition(*of, removed=tuple({*removed, "open", "dueAt"}), settings=kept, **named)


def _first_reason(way: int, cancelled: Any, actions: Sequence[Action]) -> Any:
    meanings = [
        _meaning(each, reason, cancelled)
        for each, reason in zip(actions, cancelled.response["CancellationReasons"], strict=True)
    ]
    return next(meaning for meaning in meanings[::way] if meaning)


def _conflict_is_shortage(refused: Action, reason: Any, cancelled: Any) -> Any:
    shortage = refused.refusal(None)
    if reason["Code"] == "TransactionConflict" and isinstance(shortage, InsufficientStock):
        return Rank.RULE, shortage
    return _meaning(refused, reason, cancelled)


_READING = "sagakit.transaction._reading"

MUTANTS = (
    Mutant("the order's id is random", (PLACING,), patched("order.placing.order_id", lambda *_: str(uuid.uuid4()))),
    Mutant(
        "the order's row is not asked whether the body is the same",
        (PLACING,),
        patched("order.placing._replay", _any_body),
    ),
    Mutant("order and event are two writes", (PLACING,), patched("order.store.transact", _one_by_one)),
    Mutant("effect and event are two writes", (TWINS,), patched("sagakit.eventlog.transact", _effect_first)),
    Mutant(
        "time is not carried along from event to event",
        (EVERYTHING, LATE),
        patched("sagakit.clock.after", lambda _: clock.now()),
    ),
    Mutant(
        "the customer's cancellation is a request only",
        (LATE,),
        patched("order.api.decision", SimpleNamespace(cancel=lambda *_, **__: None)),
    ),
    Mutant("parking is not numbered", (PARKS,), patched("sagakit.parking._numbered", partial(_unnumbered, PARKED))),
    Mutant(
        "a restart is not numbered", (RECOVERY,), patched("sagakit.parking._numbered", partial(_unnumbered, RESUMED))
    ),
    Mutant("who ends stays on the index", (LATE,), patched("sagakit.decision.transition", _listed)),
    Mutant("who ends stays parked", (ENDED_PARKED,), patched("sagakit.decision.transition", _still_parked)),
    Mutant("who is parked stays on the index", (PARKING,), patched("sagakit.parking.transition", _listed)),
    Mutant("who is resumed stays parked", (PARKING,), patched("sagakit.parking.transition", _still_parked)),
    Mutant("who is resumed is not on the index", (RECOVERY,), patched("sagakit.parking.transition", _unlisted)),
    Mutant("who is cancelled is not on the index", (LATE,), patched("sagakit.decision.transition", _unlisted)),
    Mutant("the lines of one product are not merged", (PLACING,), patched("order.request.merged", tuple)),
    Mutant(
        "a conflict is taken for a shortage",
        (replace(SHELF, faults=("conflict",)),),
        patched("sagakit.transaction._meaning", _conflict_is_shortage),
    ),
    Mutant(
        "the last reason decides",
        (replace(TWINS, tokens=("pm_declined",), orders=(1,)),),
        patched(_READING, partial(_first_reason, -1)),
    ),
)

MASKED = (
    Mutant(
        "the first reason decides",
        (SHELF, TWINS, STRAYS),
        patched(_READING, partial(_first_reason, 1)),
        masked_by="the steps list their actions in the order of precedence",
    ),
)
