"""Mutants of recovery and of the sweeper."""

from collections.abc import Callable, Iterable
from typing import Any

from sagakit import dynamodb, tables
from sagakit.event import Event, of_row
from sagakit.recovery import actions, store
from sagakit.recovery.actions import RecoveryAction
from sagakit.saga import Status
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.themes import LATE, OUTBOX, PARKING, RECOVERY, STRAYS

_next_action = actions.next_action
GUARDS_OF_A_RESTART = frozenset({"resumed: sagas status = CANCELLING", "resumed: sagas not_exists(parked)"})


def _without_looking(order: Any, now: int) -> RecoveryAction:
    """Take every order for one that still has to be seen to."""
    status = order["status"] if order["status"] == Status.PENDING else Status.CANCELLING
    return _next_action({**{name: order[name] for name in order if name != "parked"}, "status": status}, now)


def _pending_only(order: Any, now: int) -> RecoveryAction:
    return RecoveryAction.LEAVE if order["status"] == Status.CANCELLING else _next_action(order, now)


def _all_or_nothing[T](found: Iterable[T], act: Callable[[T], object], _context: object) -> int:
    done = 0
    for each in found:
        act(each)
        done += 1
    return done


def _by_the_index(key: Any) -> Event | None:
    row = dynamodb.get(tables.events(), store._key_of_event(key))  # noqa: SLF001
    return of_row(row) if row else None


MUTANTS = (
    Mutant(
        "recovery does not look first, and a restart is not guarded",
        (RECOVERY, PARKING),
        patched("sagakit.recovery.actions.next_action", _without_looking),
        without=GUARDS_OF_A_RESTART,
    ),
    Mutant("recovery never has enough", (RECOVERY,), patched("sagakit.recovery.actions.MOST_RECOVERIES", 1_000_000)),
    Mutant(
        "the sweeper looks after no order",
        (RECOVERY, LATE),
        patched("sagakit.recovery.store.overdue", lambda _: iter(())),
    ),
    Mutant(
        "the sweeper looks after no order that is being cancelled",
        (RECOVERY, LATE),
        patched("sagakit.recovery.actions.next_action", _pending_only),
    ),
    Mutant(
        "the sweeper dispatches nothing", (OUTBOX,), patched("sagakit.recovery.store.undispatched", lambda _: iter(()))
    ),
    Mutant("nothing is ever set aside", (OUTBOX,), patched("sagakit.recovery.store.MOST_ATTEMPTS", 1_000_000)),
)

MASKED = (
    Mutant(
        "recovery does not look first",
        (RECOVERY, PARKING, STRAYS),
        patched("sagakit.recovery.actions.next_action", _without_looking),
        masked_by="a decision and a restart look at the order themselves",
    ),
    Mutant(
        "one bad row ends the sweep",
        (OUTBOX,),
        patched("sagakit.recovery.app._each", _all_or_nothing),
        masked_by="after ten sweeps the row is set aside, and the rest goes on",
    ),
    Mutant(
        "the sweeper believes the index",
        (OUTBOX,),
        patched("sagakit.recovery.store.still_undispatched", _by_the_index),
        masked_by="an event may be told twice, and its name starts one saga only, or one more that is fenced",
    ),
)
