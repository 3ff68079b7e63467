"""Pausing a saga that waits for something outside, until its next attempt.

Its status stays. The attribute `paused` says which state waits, for what (`reason`, `cause`), `since` when, after how
many `attempts`, and when the next one is (`nextAttemptAt`).
"""

from sagakit import clock, guard
from sagakit.dynamodb import Item
from sagakit.observability import count, gauge
from sagakit.reason import Reason
from sagakit.saga import Saga, Status, named

FIRST_WAIT, MAX_WAIT = 10_000, 300_000  # milliseconds


def pause(row: Item, state: str, why: Reason) -> None:
    """Pause the saga with this row until its next attempt.

    Nothing changes if it is paused already, if it has ended, or if a forward step gave up before it was cancelled.
    """
    saga = named(row.get("saga", ""))
    if not guard.is_open(row) or _comes_late(saga, row, state):
        return
    if not guard.is_paused(row):
        paused = _paused(row, state, why)
        if not guard.reschedule(row, paused["nextAttemptAt"], paused=paused):
            return
        row = {**row, "paused": paused}
        count(saga.name_for("{}sPaused"))
    gauge("PauseAge", clock.now() - row["paused"]["since"])  # also if the call that paused it got no answer


def _comes_late(saga: Saga, row: Item, state: str) -> bool:
    """Return whether a forward step gives up on a saga that has been cancelled."""
    forward = [*(step.state for step in saga.forward), saga.name_for("Confirm{}")]
    return row["status"] == Status.CANCELLING and state in forward


def wait(attempts: int) -> int:
    """Return the milliseconds to wait after so many attempts."""
    return min(MAX_WAIT, FIRST_WAIT << min(attempts - 1, MAX_WAIT.bit_length()))


def _paused(row: Item, state: str, why: Reason) -> Item:
    now, earlier = clock.now(), row.get("paused", {})
    since, attempts = now, 1
    if earlier.get("state") == state:
        since, attempts = earlier["since"], earlier["attempts"] + 1
    when = {"since": since, "attempts": attempts, "nextAttemptAt": now + wait(attempts)}
    return {"state": state, **why.detail, **when}
