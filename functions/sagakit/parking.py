"""Parking a saga for an operator to see: a compensation failed, or a step after the pivot did."""

from collections.abc import Mapping

from sagakit import eventlog
from sagakit.dynamodb import Item
from sagakit.errors import CompensationIncomplete, StepIncomplete
from sagakit.event import History
from sagakit.guard import OPEN, index_entry, transition
from sagakit.saga import Status
from sagakit.step import Outcome


def park(history: History, row: Item, failures: Mapping[str, str], *, state: str = "") -> None:
    """Park the saga with this row. A resumed saga may be parked again.

    `failures` are the errors by state; `state` is the state that parks it, empty if none does.

    Raises:
        NotCancelling, SagaCancelled, AlreadyConfirmed: it was resumed or parked, or it ended, after the row was read.
        Overtaken: another event was recorded after the history was read.
    """
    status, detail = Status.CANCELLING, {**_missing(history), "failures": failures}
    error = CompensationIncomplete.__name__
    if history.saga.retriable:
        status, error = Status.PENDING, StepIncomplete.__name__
    parked = history.numbered("{}Parked", Outcome.PARKED, detail, state=state, error=error)
    eventlog.record(
        parked,
        transition(
            parked,
            status,
            status,
            settings={"parked": {"at": parked.at, **detail}, **index_entry("byStatus", parked, "PARKED")},
            removed=OPEN,
            condition=" AND #dueAt = :seen",
            seen=row.get("dueAt", 0),
        ),
    )


def _missing(history: History) -> dict[str, list[str]]:
    """Return the events that are missing, and those that are on record: of the compensations, or of the steps."""
    saga, found, missing = history.saga, "undone", "notUndone"
    if saga.retriable:
        found, missing = "done", "notDone"
    detail: dict[str, list[str]] = {missing: [], found: []}
    for event in saga.confirmed_by if saga.retriable else saga.undone_by:
        detail[found if history.find(event) else missing].append(event)
    return detail
