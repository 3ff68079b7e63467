"""Whether an order's events are in a possible order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sagakit.saga import Saga
from sagakit.step import Forward, Outcome
from verification.simulator.dynamodb.expressions import Item
from verification.simulator.names.saga_table import ALL_EFFECTS, CONFIRMED, FAILED, OUTCOMES, RETURN_ACCEPTED, SAGAS

STARTS, ENDS = (
    [event for event, outcome in OUTCOMES.items() if outcome in outcomes]
    for outcomes in ((Outcome.STARTED,), (Outcome.CONFIRMED, Outcome.FAILED))
)


def _after(saga: Saga) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the events that must come before the decisions about a saga."""
    yield saga.name_for("{}Confirmed"), saga.confirmed_by
    if saga.steps:
        cancelling = saga.name_for("{}Cancelling")
        yield from ((event, (cancelling,)) for event in (*saga.undone_by, saga.name_for("{}Parked")))
        yield saga.name_for("{}Failed"), (cancelling, *saga.undone_by)


# The events that must come before an event.
AFTER: Mapping[str, Sequence[str]] = {
    **{effect.event: (effect.intent,) for effect in ALL_EFFECTS},
    "PaymentDeclined": ("PaymentIntentRecorded",),  # an effect may be refused without an intent; this gateway doesn't
    **dict(pair for saga in SAGAS for pair in _after(saga)),
    RETURN_ACCEPTED: (CONFIRMED,),
}


def _never_after(saga: Saga, step: Forward) -> Iterator[tuple[str, Sequence[str]]]:
    """Check that a step has one outcome, before its compensation, and that what is guarded precedes every decision."""
    outcomes = (step.event, *step.refusals.values())
    undone = [undo.event for undo in saga.compensations if undo.undoes is step]
    decided = [saga.name_for("{}Cancelling"), saga.name_for("{}Confirmed")]
    for event in step.declared:
        others = (other for other in outcomes if other != event) if event in outcomes else outcomes
        yield event, (*others, *(decided if event in step.guarded else undone))


# The events that must not come before an event.
NEVER_AFTER: Mapping[str, Sequence[str]] = {
    **dict(pair for saga in SAGAS for step in saga.forward for pair in _never_after(saga, step)),
    RETURN_ACCEPTED: (FAILED,),
}


def overtaken(new: Item, rows: Iterable[Item]) -> Iterator[str]:
    """Report a new event that is not later than every other: it rests on a history that was out of date."""
    others = (row for row in rows if row["eventType"] != new["eventType"] and row["at"] >= new["at"])
    yield from (f"{new['eventType']} is not later than {row['eventType']}, which was there before" for row in others)


def impossible(history: Iterable[str]) -> Iterator[str]:
    """Report event types that cannot have been recorded in this order, the oldest first."""
    earlier: list[str] = []
    for event in history:
        kind, _, number = event.partition("#")
        if (kind in STARTS) != (not earlier):
            yield f"{event} comes after {earlier}"
        yield from (f"{event} comes before {missing}" for missing in AFTER.get(kind, ()) if missing not in earlier)
        never = (*NEVER_AFTER.get(kind, ()), *(ENDS if kind != RETURN_ACCEPTED else ()))
        yield from (f"{event} comes after {other}" for other in never if other in earlier)
        if number not in ("", "1") and f"{kind}#{int(number) - 1}" not in earlier:
            yield f"{event} comes before its predecessor"
        earlier.append(event)
