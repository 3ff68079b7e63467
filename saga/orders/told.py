"""What the events alone tell of the states: for executions without a history, EXPRESS ones among them."""

from dataclasses import dataclass, replace

from saga.graph import Outcome
from saga.orders.facts import Event, Json
from saga.orders.record import Record


@dataclass(frozen=True)
class Chapter:
    """A state of which an event tells, and the execution that was the last to be started then.

    Times are milliseconds since the epoch; `started` is the earliest that it can have been.
    """

    execution: str
    state: str
    started: int
    ended: int | None
    outcome: Outcome
    error: str | None = None
    cause: str | None = None


# The states that make an event of a kind, and how they ended when it was made.
_TOLD: dict[str, tuple[tuple[str, Outcome], ...]] = {
    "InventoryReserved": (("ReserveInventory", Outcome.SUCCEEDED),),
    "InventoryRejected": (("ReserveInventory", Outcome.CAUGHT),),
    "PaymentIntentRecorded": (("ProcessPayment", Outcome.RUNNING),),
    "PaymentCharged": (("ProcessPayment", Outcome.SUCCEEDED),),
    "PaymentDeclined": (("ProcessPayment", Outcome.CAUGHT),),
    "OrderConfirmed": (("ConfirmOrder", Outcome.SUCCEEDED), ("OrderConfirmed", Outcome.SUCCEEDED)),
    "OrderCancelling": (("CancelOrder", Outcome.SUCCEEDED),),
    "PaymentRefunded": (("RefundPayment", Outcome.SUCCEEDED),),
    "InventoryReleased": (("ReleaseInventory", Outcome.SUCCEEDED),),
    "OrderFailed": (("FailOrder", Outcome.SUCCEEDED), ("OrderFailed", Outcome.FAILED)),
    "OrderParked": (("FailOrder", Outcome.CAUGHT), ("CompensationIncomplete", Outcome.FAILED)),
}
_REFUSALS = {
    "InventoryRejected": "InsufficientStock",
    "PaymentDeclined": "PaymentDeclined",
    "OrderParked": "CompensationIncomplete",
}


def states(event: Event) -> tuple[str, ...]:
    """The states of the saga that made this event; none, where the API, recovery or an operator did."""
    if event.starts_saga or "recovery" in event.detail.get("failures", {}):
        return ()
    return tuple(state for state, _ in _TOLD.get(event.kind, ()))


def chapters(record: Record) -> list[Chapter]:
    """The states that left an event, in that order; a state that left two has one chapter."""
    found: list[Chapter] = []
    execution, before = "", 0
    for event in record.events:
        if event.kind == "OrderCancelling":
            found = [_given_up(chapter, event) for chapter in found]
        for state, outcome in _TOLD.get(event.kind, ()) if states(event) else ():
            started = max(before, found[-1].ended or 0) if found else before
            found = _with(found, _chapter(execution, state, outcome, event, started))
        if event.starts_saga:
            execution = event.execution(record.order_id)
        before = event.at
    return found


def _chapter(execution: str, state: str, outcome: Outcome, event: Event, started: int) -> Chapter:
    ended = None if outcome is Outcome.RUNNING else event.at
    if outcome in (Outcome.CAUGHT, Outcome.FAILED):
        error = _REFUSALS.get(event.kind) or event.detail.get("reason")
        return Chapter(execution, state, started, ended, outcome, error, _cause(event.detail))
    return Chapter(execution, state, started, ended, outcome)


def _with(found: list[Chapter], new: Chapter) -> list[Chapter]:
    """What was running goes on; anything else begins anew."""
    if found and found[-1].state == new.state and found[-1].outcome is Outcome.RUNNING:
        return [*found[:-1], replace(new, started=found[-1].started)]
    return [*found, new]


def _given_up(chapter: Chapter, cancelling: Event) -> Chapter:
    """What was running when the order was cancelled had no answer."""
    if chapter.outcome is not Outcome.RUNNING:
        return chapter
    error, cause = cancelling.detail.get("reason"), cancelling.detail.get("cause")
    return replace(chapter, ended=cancelling.at, outcome=Outcome.CAUGHT, error=error, cause=cause)


def _cause(detail: Json) -> str:
    if "notUndone" in detail:
        return f"not undone: {', '.join(detail['notUndone'])}"
    return str(detail.get("cause", ""))
