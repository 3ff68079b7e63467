"""Resuming a saga that is paused or parked, or whose execution died.

A new execution passes the steps that are on record at once. It has its own number: one that died must not block the
name of the next.
"""

from functools import partial
from typing import Any

from sagakit import clock, eventlog, guard
from sagakit.dynamodb import Item
from sagakit.errors import NotWaiting
from sagakit.event import Event, History
from sagakit.guard import due, transition
from sagakit.reason import Reason
from sagakit.saga import Status
from sagakit.step import Outcome

WAITED = ("state", "since", "attempts")  # what the event tells about the pause that it ends


def resume(saga_id: str, reason: str) -> Event:
    """Resume a saga for an operator, or for whoever knows that the reason to wait is over; patience begins anew.

    Raises:
        NotWaiting: the saga is neither paused nor parked.
    """
    return eventlog.decide(saga_id, partial(_resume_now, reason))


def _resume_now(reason: str, history: History) -> Event:
    row = guard.read(history.saga_id)
    if "parked" not in row and not guard.is_paused(row):
        raise NotWaiting(f"the saga is {row['status']}, and neither paused nor parked")
    anew = row["status"] == Status.CANCELLING or history.saga.retriable != ()
    return _resume(history, row, {"by": "operator", "reason": reason}, anew=anew)


def recover(history: History, row: Item, why: Reason) -> Event:
    """Resume an open saga for recovery; if it was paused, for the reason of that.

    Raises:
        SagaCancelled, NotCancelling: it was resumed, parked or decided after the row was read.
        Overtaken: another event was recorded after the history was read.
    """
    reason = row["paused"]["reason"] if guard.is_paused(row) else why.code
    return _resume(history, row, {"by": "recovery", "reason": reason})


def _resume(history: History, row: Item, why: Item, *, anew: bool = False) -> Event:
    paused = row.get("paused", {})
    detail = {**{name: paused[name] for name in WAITED if name in paused}, **why}
    resumed = history.numbered("{}Resumed", Outcome.RESUMED, detail, starts_saga=True)
    deadline = guard.patience_ends(clock.now()) if anew else guard.deadline(row)
    settings = {"resumes": row.get("resumes", 0) + 1, **due(resumed, deadline), **_trying(paused)}
    status, as_read = Status(row["status"]), _as_read(row)
    return eventlog.record(
        resumed, transition(resumed, status, status, settings=settings, removed=("parked", "byStatus"), **as_read)
    )


def _trying(paused: Item) -> Item:
    """Return the pause without its next attempt, which is now. What waited, and how often, is still needed."""
    return {"paused": {name: value for name, value in paused.items() if name != "nextAttemptAt"}} if paused else {}


def _as_read(row: Item) -> dict[str, Any]:
    """Return the condition that nobody has resumed or parked the saga since its row was read."""
    if "parked" in row:
        return {"condition": " AND attribute_exists(#parked)"}
    return {"condition": " AND #dueAt = :seen", "seen": row["dueAt"]}
