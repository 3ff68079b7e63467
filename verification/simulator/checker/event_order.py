"""Whether an order's events are in a possible order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sagakit.step import Compensation, Forward
from verification.simulator.names.operation_names import event_kind
from verification.simulator.names.saga_table import (
    CANCELLING,
    CONFIRMED,
    EFFECTS,
    FAILED,
    PARKED,
    RESUMED,
    SAGA,
    STARTED,
)

DECISIONS = (STARTED, CONFIRMED, CANCELLING, PARKED, RESUMED, FAILED)
ENDS = (CONFIRMED, FAILED)

# The events that must come before an event.
AFTER: Mapping[str, Sequence[str]] = {
    **{effect.event: (effect.intent,) for effect in EFFECTS},
    "PaymentDeclined": ("PaymentIntentRecorded",),  # an effect may be refused without an intent; this gateway doesn't
    CONFIRMED: SAGA.confirmed_by,
    **dict.fromkeys((*SAGA.undone_by, PARKED), (CANCELLING,)),
    FAILED: (CANCELLING, *SAGA.undone_by),
}


def _never_after(step: Forward, compensation: Compensation) -> Iterator[tuple[str, Sequence[str]]]:
    """Check that a step has one outcome, before its compensation, and that what is guarded precedes every decision."""
    outcomes = (step.event, *step.refusals.values())
    for event in step.declared:
        others = (other for other in outcomes if other != event) if event in outcomes else outcomes
        late = (CANCELLING, CONFIRMED) if event in step.guarded else (compensation.event,)
        yield event, (*others, *late)


# The events that must not come before an event.
NEVER_AFTER: Mapping[str, Sequence[str]] = dict(pair for each in SAGA.steps for pair in _never_after(*each))


def overtaken(new: str, history: Sequence[str]) -> Iterator[str]:
    """Report a new decision that is not the latest one in the history."""
    decisions = [event for event in history if event_kind(event) in DECISIONS]
    if new in decisions and decisions[-1] != new:
        yield f"{new} comes before {decisions[-1]}, which was decided earlier"


def impossible(history: Iterable[str]) -> Iterator[str]:
    """Report event types that cannot have been recorded in this order, the oldest first."""
    earlier: list[str] = []
    for event in history:
        kind, _, number = event.partition("#")
        if (kind == STARTED) != (not earlier):
            yield f"{event} comes after {earlier}"
        yield from (f"{event} comes before {missing}" for missing in AFTER.get(kind, ()) if missing not in earlier)
        yield from (f"{event} comes after {other}" for other in (*NEVER_AFTER.get(kind, ()), *ENDS) if other in earlier)
        if number not in ("", "1") and f"{kind}#{int(number) - 1}" not in earlier:
            yield f"{event} comes before its predecessor"
        earlier.append(event)
