"""A mutant for every guard that the functions pass to DynamoDB: without it, the condition lets everything pass.

The kit guards all steps alike, so a mutant removes a kit's guard from all of them at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verification.simulator.mutants.guard_survey import GuardSurvey
from verification.simulator.mutants.mutant import Mutant
from verification.simulator.profiles.all_profiles import PROFILES
from verification.simulator.run_plan import Profile

PENDING, CANCELLING = "sagas status = PENDING", "sagas status = CANCELLING"
OWN_EVENT, NOT_DUE_ANEW = "not recorded yet", "sagas dueAt unchanged"

# Guards whose loss no schedule reveals: operation, guard, reason, and the guards that mask it.
MASKED: Sequence[tuple[str, str, str, Sequence[str]]] = (
    *(
        (event, "after the last decision", "the last decision started the order, or the status refuses too", (PENDING,))
        for event in ("done", "refused", "intended", "confirmed")
    ),
    *(
        (decision, f"{event} recorded", "an event that is not recorded is not earlier either", (f"{event} earlier",))
        for decision, event in (("confirmed", "done"), ("failed", "undone"))
    ),
    ("OrderPlaced", "sagas not_exists(orderId)", "an order with that id has its first event", (OWN_EVENT,)),
    ("OrderPlaced", OWN_EVENT, "the order of that event exists", ()),
    ("ReturnAccepted", "sagas not_exists(orderId)", "a return with that id has its first event", (OWN_EVENT,)),
    ("ReturnAccepted", OWN_EVENT, "the return of that event exists", ()),
    ("intended", OWN_EVENT, "the record of the intent exists by then", ("record not_exists(orderId)",)),
    ("intended", "record not_exists(orderId)", "the event of that intent exists", ()),
    *(
        (write, status, "a decision also changes when the order is due", (NOT_DUE_ANEW,))
        for write in ("pause", "reschedule")
        for status in (PENDING, CANCELLING)
    ),
    ("confirmed", OWN_EVENT, "the saga is CONFIRMED by then, not PENDING", (PENDING,)),
    ("resumed", PENDING, "a decision also changes when the order is due", (NOT_DUE_ANEW,)),
    (
        "resumed",
        CANCELLING,
        "an order that has ended is neither due nor parked",
        (NOT_DUE_ANEW, "sagas exists(parked)"),
    ),
    *(
        (
            "parked",
            status,
            "what has ended is not due, and the decision is later",
            (NOT_DUE_ANEW, "after the last decision"),
        )
        for status in (PENDING, CANCELLING)
    ),
    ("resumed", "sagas exists(parked)", "another resume has the same number", (OWN_EVENT,)),
    ("failed", OWN_EVENT, "the saga is FAILED by then, not CANCELLING", (CANCELLING,)),
    (
        "failed",
        CANCELLING,
        "the required events are recorded while the saga is CANCELLING, or its own event exists",
        ("undone recorded", "undone earlier"),
    ),
)


def guard_mutants(survey: GuardSurvey) -> Iterator[Mutant]:
    """Return the mutants. A masked guard is also removed together with the guards that mask it."""
    masks = {
        f"{operation}: {guard}": (reason, [f"{operation}: {other}" for other in others])
        for operation, guard, reason, others in MASKED
    }
    for name in survey.guards:
        reason, others = masks.get(name, ("", []))
        yield _without([name], survey, masked_by=reason)
        if others:
            yield _without([name, *others], survey)


def _without(guards: Sequence[str], survey: GuardSurvey, masked_by: str = "") -> Mutant:
    best, *others = (PROFILES[name] for name in survey.best_profiles(guards))
    any_token = replace(best, tokens=Profile().tokens)  # what reveals the loss may need another outcome of the payment
    profiles = (best, any_token, *others)
    return Mutant(f"without {', '.join(guards)}", profiles, without=frozenset(guards), masked_by=masked_by)
