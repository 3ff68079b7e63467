"""Whether the events of an order, read in their order, tell a story that is possible."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sagakit.step import Compensation, Forward
from verification.simulator.table import CANCELLING, CONFIRMED, EFFECTS, FAILED, PARKED, RESUMED, SAGA, STARTED

DECISIONS = (STARTED, CONFIRMED, CANCELLING, PARKED, RESUMED, FAILED)
DECIDED = (CANCELLING, CONFIRMED)
ENDS = (CONFIRMED, FAILED)

# What must have been told before.
AFTER: Mapping[str, Sequence[str]] = {
    **{effect.event: (effect.intent,) for effect in EFFECTS},
    "PaymentDeclined": ("PaymentIntentRecorded",),  # an effect may be refused without an intent, but this gateway won't
    CONFIRMED: SAGA.confirmed_by,
    **dict.fromkeys((*SAGA.undone_by, PARKED, RESUMED), (CANCELLING,)),
    FAILED: (CANCELLING, *SAGA.undone_by),
}


def _never_after(step: Forward, compensation: Compensation) -> Iterator[tuple[str, Sequence[str]]]:
    """A step has one outcome. It is done before what undoes it, and what is guarded before anything is decided."""
    settled = (step.event, *step.refusals.values())
    for event in step.declared:
        others = (other for other in settled if other != event) if event in settled else settled
        late = DECIDED if event in step.guarded else (compensation.event,)
        yield event, (*others, *late)


# What must not have been told before.
NEVER_AFTER: Mapping[str, Sequence[str]] = dict(pair for each in SAGA.steps for pair in _never_after(*each))


def overtaken(new: str, told: Sequence[str]) -> Iterator[str]:
    """Tell of a decision just made that is not the last one told."""
    decisions = [event for event in told if event.partition("#")[0] in DECISIONS]
    if new in decisions and decisions[-1] != new:
        yield f"{new} is told before {decisions[-1]}, which was decided earlier"


def impossible(events: Iterable[str]) -> Iterator[str]:
    """Tell what cannot have happened in this order; the events are types, the oldest first."""
    told: list[str] = []
    for event in events:
        kind, _, number = event.partition("#")
        if (kind == STARTED) != (not told):
            yield f"{event} is told after {told}"
        yield from (f"{event} is told before {missing}" for missing in AFTER.get(kind, ()) if missing not in told)
        yield from (f"{event} is told after {other}" for other in (*NEVER_AFTER.get(kind, ()), *ENDS) if other in told)
        if number not in ("", "1") and f"{kind}#{int(number) - 1}" not in told:
            yield f"{event} is told before the one before it"
        told.append(event)
