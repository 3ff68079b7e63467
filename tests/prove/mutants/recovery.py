"""Mutants of recovery and of the sweeper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from sagakit import dynamodb, tables
from sagakit.event import of_row
from sagakit.recovery import actions as domain
from sagakit.recovery.actions import Action as Move
from sagakit.saga import Status
from tests.prove.mutants.mutant import Mutant
from tests.prove.themes import LATE, OUTBOX, PARKING, RECOVERY, STRAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sagakit.event import Event

_next_move = domain.next_move
GUARDS_OF_A_RESTART = frozenset({"OrderResumed: orders status = CANCELLING", "OrderResumed: orders not_exists(parked)"})


def _without_looking(order: Any, now: int) -> Move:
    """Take every order for one that still has to be seen to."""
    status = order["status"] if order["status"] == Status.PENDING else Status.CANCELLING
    return _next_move({**{name: order[name] for name in order if name != "parked"}, "status": status}, now)


def _pending_only(order: Any, now: int) -> Move:
    return Move.LEAVE if order["status"] == Status.CANCELLING else _next_move(order, now)


def _all_or_nothing[T](found: Iterable[T], act: Callable[[T], object], _context: object) -> int:
    done = 0
    for each in found:
        act(each)
        done += 1
    return done


def _by_the_index(key: Any) -> Event | None:
    wanted = dynamodb.to_wire({"orderId": key["orderId"], "eventType": key["eventType"]})
    row = dynamodb.client.get_item(TableName=tables.events(), Key=wanted, ConsistentRead=True).get("Item")
    return of_row(dynamodb.from_wire(row)) if row else None


MUTANTS = (
    Mutant(
        "recovery does not look first, and a restart is not guarded",
        (RECOVERY, PARKING),
        without=GUARDS_OF_A_RESTART,
        change=partial(patch, "sagakit.recovery.actions.next_move", _without_looking),
    ),
    Mutant(
        "recovery never has enough",
        (RECOVERY,),
        change=partial(patch, "sagakit.recovery.actions.MOST_RECOVERIES", 1_000_000),
    ),
    Mutant(
        "the sweeper looks after no order",
        (RECOVERY, LATE),
        change=partial(patch, "sagakit.recovery.store.overdue", lambda _: iter(())),
    ),
    Mutant(
        "the sweeper looks after no order that is being cancelled",
        (RECOVERY, LATE),
        change=partial(patch, "sagakit.recovery.actions.next_move", _pending_only),
    ),
    Mutant(
        "the sweeper dispatches nothing",
        (OUTBOX,),
        change=partial(patch, "sagakit.recovery.store.undispatched", lambda _: iter(())),
    ),
    Mutant("nothing is ever set aside", (OUTBOX,), change=partial(patch, "sagakit.recovery.store.MOST_ATTEMPTS", 1_000_000)),
)

MASKED = (
    Mutant(
        "recovery does not look first",
        (RECOVERY, PARKING, STRAYS),
        change=partial(patch, "sagakit.recovery.actions.next_move", _without_looking),
        masked_by="a decision and a restart look at the order themselves",
    ),
    Mutant(
        "one bad row ends the sweep",
        (OUTBOX,),
        change=partial(patch, "sagakit.recovery.app._each", _all_or_nothing),
        masked_by="after ten sweeps the row is set aside, and the rest goes on",
    ),
    Mutant(
        "the sweeper believes the index",
        (OUTBOX,),
        change=partial(patch, "sagakit.recovery.store.still_undispatched", _by_the_index),
        masked_by="an event may be told twice, and its name starts one saga only, or one more that is fenced",
    ),
)
