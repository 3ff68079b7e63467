"""Parking a saga whose compensation failed, for an operator to see."""

from collections.abc import Mapping
from typing import Any

from sagakit import eventlog
from sagakit.dynamodb import Item
from sagakit.errors import CompensationIncomplete
from sagakit.event import History
from sagakit.guard import OPEN, index_entry, transition
from sagakit.saga import Status
from sagakit.step import Outcome


def park(history: History, row: Item, failures: Mapping[str, str], *, state: str = "") -> None:
    """Park the saga with this row. A resumed saga may be parked again.

    `failures` are the errors of the compensations, by state; `state` is the state that parks it, empty if none does.

    Raises:
        NotCancelling: it was resumed or parked, or it ended, after the row was read.
    """
    detail: dict[str, Any] = {"notUndone": [], "undone": [], "failures": failures}
    for event in history.saga.undone_by:
        detail["undone" if history.find(event) else "notUndone"].append(event)
    error = CompensationIncomplete.__name__
    parked = history.numbered("{}Parked", Outcome.PARKED, detail, state=state, error=error)
    eventlog.record(
        parked,
        transition(
            parked,
            Status.CANCELLING,
            Status.CANCELLING,
            settings={"parked": {"at": parked.at, **detail}, **index_entry("byStatus", parked, "PARKED")},
            removed=OPEN,
            condition=" AND #dueAt = :seen",
            seen=row.get("dueAt", 0),
        ),
    )
