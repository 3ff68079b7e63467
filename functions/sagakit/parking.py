"""Parking a saga whose compensation failed, for an operator to see, and restarting its compensations."""

from collections.abc import Mapping
from typing import Any

from sagakit import eventlog, guard
from sagakit.dynamodb import Item
from sagakit.errors import CompensationIncomplete
from sagakit.event import Event, History
from sagakit.guard import OPEN, due, index_entry, setting_ms, transition
from sagakit.observability import count
from sagakit.saga import Status
from sagakit.step import Outcome


def park(history: History, failures: Mapping[str, str], *, state: str = "") -> None:
    """Park the saga. A resumed saga may be parked again.

    `failures` are the errors of the compensations, by state; `state` is the state that parks it, empty if none does.
    """
    if "parked" in guard.read(history.saga_id):
        return
    detail: dict[str, Any] = {"notUndone": [], "undone": [], "failures": failures}
    for event in history.saga.undone_by:
        detail["undone" if history.find(event) else "notUndone"].append(event)
    error = CompensationIncomplete.__name__
    parked = _numbered(history, "{}Parked", Outcome.PARKED, detail, state=state, error=error)
    recorded = eventlog.record(
        parked,
        transition(
            parked,
            Status.CANCELLING,
            Status.CANCELLING,
            settings={"parked": {"at": parked.at, **detail}, **index_entry("byStatus", parked, "PARKED")},
            removed=OPEN,
        ),
    )
    if not recorded.repeated:
        count(history.saga.name_for("{}sParked"))


def resume(saga_id: str, why: Item) -> Event:
    """Resume a parked saga: a new execution runs its compensations again.

    Raises:
        NotCancelling: the saga is not parked.
    """
    return _restart(eventlog.history(saga_id), why, recoveries=0, condition=" AND attribute_exists(#parked)")


def recover(row: Item, history: History, why: Item) -> Event:
    """Run the compensations again in a new execution, because the last one died. The saga's row counts recoveries.

    Raises:
        NotCancelling: the saga is parked or has ended.
    """
    recoveries = row.get("recoveries", 0) + 1
    return _restart(history, why, recoveries=recoveries, condition=" AND attribute_not_exists(#parked)")


def _restart(history: History, why: Item, *, recoveries: int, condition: str) -> Event:
    """Start an execution with its own number: one that died must not block the name of the next."""
    resumed = _numbered(history, "{}Resumed", Outcome.RESUMED, why, starts_saga=True)
    settings = {
        "resumes": int(resumed.type.partition("#")[2]),
        "recoveries": recoveries,
        "resumedAt": resumed.at,
        **due(resumed, setting_ms("COMPENSATION_DEADLINE_SECONDS")),
    }
    return eventlog.record(
        resumed,
        transition(
            resumed, Status.CANCELLING, Status.CANCELLING, settings=settings, removed=("parked",), condition=condition
        ),
    )


def _numbered(history: History, pattern: str, outcome: Outcome, detail: Item, **fields: Any) -> Event:  # noqa: ANN401
    kind = history.saga.name_for(pattern)
    return history.next(f"{kind}#{history.count(kind) + 1}", outcome, detail, **fields)
