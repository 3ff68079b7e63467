"""Mutants of the order: placing it, deciding about it, parking it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from inventory.domain import InsufficientStock
from sagakit import clock, parking, placing, row, transaction
from sagakit.event import History
from sagakit.transaction import Rank
from tests.prove.drills import PARKED
from tests.prove.mutants.mutant import Mutant
from tests.prove.races import ENDED_PARKED
from tests.prove.themes import EVERYTHING, LATE, PARKING, PLACING, RECOVERY, SHELF, STRAYS, TWINS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sagakit.event import Event
    from sagakit.transaction import Action

_restart, _decide, _transact = parking._restart, row.decide, transaction.transact  # noqa: SLF001
_receipt, _meaning = placing._receipt, transaction._meaning  # noqa: SLF001


def _one_by_one(actions: Sequence[Action]) -> None:
    for action in actions:
        _transact([action])


def _effect_first(actions: Sequence[Action]) -> None:
    _transact(actions[1:])
    _transact(actions[:1])


def _any_body(found: Any, _order: Any) -> Any:
    return _receipt(found["orderId"], found["totalAmount"], replayed=True)


def _unnumbered(order: Any, *rest: Any, **named: Any) -> Event:
    return _restart({**order, "resumes": 0}, *rest, **named)


def _listed(*of: Any, removed: tuple[str, ...] = (), **named: Any) -> Any:
    return _decide(*of, removed=tuple(name for name in removed if name == "parked"), **named)


def _still_parked(*of: Any, removed: tuple[str, ...] = (), **named: Any) -> Any:
    return _decide(*of, removed=tuple(name for name in removed if name != "parked"), **named)


def _unlisted(*of: Any, removed: tuple[str, ...] = (), settings: Any = None, **named: Any) -> Any:
    kept = {name: value for name, value in (settings or {}).items() if name not in ("open", "dueAt")}
    return _decide(*of, removed=tuple({*removed, "open", "dueAt"}), settings=kept, **named)


def _first_reason(backwards: bool, cancelled: Any, actions: Sequence[Action]) -> Any:  # noqa: FBT001
    meanings = [
        _meaning(each, reason, cancelled)
        for each, reason in zip(actions, cancelled.response["CancellationReasons"], strict=True)
    ]
    return next(meaning for meaning in meanings[:: -1 if backwards else 1] if meaning)


def _conflict_is_shortage(refused: Action, reason: Any, cancelled: Any) -> Any:
    shortage = refused.refusal(None)
    if reason["Code"] == "TransactionConflict" and isinstance(shortage, InsufficientStock):
        return Rank.RULE, shortage
    return _meaning(refused, reason, cancelled)


def _reading(*, backwards: bool) -> Any:
    return partial(patch, "sagakit.transaction._reading", partial(_first_reason, backwards))


MUTANTS = (
    Mutant(
        "the order's id is random",
        (PLACING,),
        change=partial(patch, "order.placing.order_id", lambda *_: str(uuid.uuid4())),
    ),
    Mutant(
        "the order's row is not asked whether the body is the same",
        (PLACING,),
        change=partial(patch, "order.placing._replay", _any_body),
    ),
    Mutant("order and event are two writes", (PLACING,), change=partial(patch, "order.store.transact", _one_by_one)),
    Mutant("effect and event are two writes", (TWINS,), change=partial(patch, "sagakit.eventlog.transact", _effect_first)),
    Mutant(
        "time is not carried along from event to event",
        (EVERYTHING, LATE),
        change=partial(patch, "sagakit.clock.after", lambda _: clock.now()),
    ),
    Mutant(
        "the customer's cancellation is a request only",
        (LATE,),
        change=partial(patch, "order.api.decisions", SimpleNamespace(cancel=lambda *_, **__: None)),
    ),
    Mutant("parking is not numbered", (PARKED,), change=partial(patch.object, History, "count", lambda *_: 0)),
    Mutant("a restart is not numbered", (RECOVERY,), change=partial(patch, "sagakit.parking._restart", _unnumbered)),
    Mutant("who ends stays on the index", (LATE,), change=partial(patch, "sagakit.decision.decide", _listed)),
    Mutant("who ends stays parked", (ENDED_PARKED,), change=partial(patch, "sagakit.decision.decide", _still_parked)),
    Mutant("who is parked stays on the index", (PARKING,), change=partial(patch, "sagakit.parking.decide", _listed)),
    Mutant("who is resumed stays parked", (PARKING,), change=partial(patch, "sagakit.parking.decide", _still_parked)),
    Mutant("who is resumed is not on the index", (RECOVERY,), change=partial(patch, "sagakit.parking.decide", _unlisted)),
    Mutant("who is cancelled is not on the index", (LATE,), change=partial(patch, "sagakit.decision.decide", _unlisted)),
    Mutant(
        "the lines of one product are not merged",
        (PLACING,),
        change=partial(patch, "order.request.merged", tuple),
    ),
    Mutant(
        "a conflict is taken for a shortage",
        (replace(SHELF, faults=("conflict",)),),
        change=partial(patch, "sagakit.transaction._meaning", _conflict_is_shortage),
    ),
    Mutant(
        "the last reason decides",
        (replace(TWINS, tokens=("pm_declined",), orders=(1,)),),
        change=_reading(backwards=True),
    ),
)

MASKED = (
    Mutant(
        "the first reason decides",
        (SHELF, TWINS, STRAYS),
        change=_reading(backwards=False),
        masked_by="the steps list their actions in the order of precedence",
    ),
)
