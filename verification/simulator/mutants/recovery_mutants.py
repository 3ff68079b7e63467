"""Mutants of recovery and of the sweeper."""

from collections.abc import Callable, Iterable
from typing import Any

from sagakit import dynamodb, tables
from sagakit.event import Event, from_row
from sagakit.recovery import actions, store
from sagakit.recovery.actions import RecoveryAction
from sagakit.saga import Status
from verification.simulator.mutants.mutant import Mutant, patched
from verification.simulator.profiles.topics import LATE, OUT_OF_TURN, OUTBOX, PARKING, RECOVERY

_next_action = actions.next_action


def _ignoring_state(order: Any, now: int) -> RecoveryAction:
    """Treat every order as one that needs recovery."""
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


def _without_check(key: Any) -> Event | None:
    row = dynamodb.get(tables.events(), store._key_of_event(key))  # noqa: SLF001
    return from_row(row) if row else None


MUTANTS = (
    Mutant(
        "recovery ignores the order's state, and a restart is not guarded",
        (RECOVERY, PARKING),
        patched("sagakit.recovery.actions.next_action", _ignoring_state),
        without=frozenset({"resumed: sagas status = CANCELLING", "resumed: sagas not_exists(parked)"}),
    ),
    Mutant("recovery never gives up", (RECOVERY,), patched("sagakit.recovery.actions.MAX_RECOVERIES", 1_000_000)),
    Mutant(
        "the sweeper recovers no order", (RECOVERY, LATE), patched("sagakit.recovery.store.overdue", lambda _: iter(()))
    ),
    Mutant(
        "the sweeper recovers no CANCELLING order",
        (RECOVERY, LATE),
        patched("sagakit.recovery.actions.next_action", _pending_only),
    ),
    Mutant(
        "the sweeper dispatches nothing", (OUTBOX,), patched("sagakit.recovery.store.undispatched", lambda _: iter(()))
    ),
    Mutant("nothing is ever quarantined", (OUTBOX,), patched("sagakit.recovery.store.MAX_ATTEMPTS", 1_000_000)),
    Mutant(
        "recovery ignores the order's state",
        (RECOVERY, PARKING, OUT_OF_TURN),
        patched("sagakit.recovery.actions.next_action", _ignoring_state),
        masked_by="a decision and a restart check the order's state themselves",
    ),
    Mutant(
        "one bad row ends the sweep",
        (OUTBOX,),
        patched("sagakit.recovery.app._each", _all_or_nothing),
        masked_by="after ten sweeps the row is quarantined, and the sweep continues",
    ),
    Mutant(
        "the sweeper trusts the index",
        (OUTBOX,),
        patched("sagakit.recovery.store.still_undispatched", _without_check),
        masked_by="an event may be published twice; it starts one execution, or another that is fenced off",
    ),
)
