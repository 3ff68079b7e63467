"""A mutant for every guard that the functions pass to DynamoDB: without it, the condition lets everything pass.

The kit guards all steps alike, so a mutant removes a kit's guard from all of them at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verification.simulator.mutants.guard_survey import GuardSurvey
from verification.simulator.mutants.mutant import Mutant
from verification.simulator.names.operation_names import NOT_RECORDED, NOTHING_SINCE
from verification.simulator.names.saga_table import SAGAS
from verification.simulator.names.write_sites import MARKS
from verification.simulator.profiles.all_profiles import PROFILES
from verification.simulator.run_plan import Profile

PENDING, CANCELLING = "sagas status = PENDING", "sagas status = CANCELLING"
NOT_DUE_ANEW, PARKED = "sagas dueAt unchanged", "sagas exists(parked)"
STARTED = tuple(saga.started for saga in SAGAS)
NO_ROW = "sagas not_exists(orderId)"
NEWER = "whatever is recorded after the history was read has moved the saga's row on"

# Guards whose loss no schedule reveals: operation, guard, reason, and the guards that mask it.
MASKED: Sequence[tuple[str, str, str, Sequence[str]]] = (
    *((event, NOT_RECORDED, NEWER, (NOTHING_SINCE,)) for event in ("intended", "done", "refused", "undone")),
    *(
        (decision, NOT_RECORDED, f"{NEWER}, and its status too", (NOTHING_SINCE, status))
        for decision, status in (("confirmed", PENDING), ("cancelling", PENDING), ("failed", CANCELLING))
    ),
    ("parked", NOT_RECORDED, f"{NEWER}, and is not due", (NOTHING_SINCE, NOT_DUE_ANEW)),
    ("resumed", NOT_RECORDED, f"{NEWER}, and when it is due", (NOTHING_SINCE, NOT_DUE_ANEW, PARKED)),
    ("refused", PENDING, "the step was refused while the saga was PENDING, so a decision is newer", (NOTHING_SINCE,)),
    ("intended", PENDING, "the status is read after the history, so a later decision is newer", (NOTHING_SINCE,)),
    (
        "failed",
        CANCELLING,
        "what undid the saga was recorded while it was CANCELLING, and its end is newer",
        (NOTHING_SINCE, NOT_RECORDED),
    ),
    ("parked", PENDING, "what has ended is not due", (NOT_DUE_ANEW,)),
    ("parked", CANCELLING, "what has ended is not due, and its end is newer", (NOT_DUE_ANEW, NOTHING_SINCE)),
    *(
        ("resumed", status, "a decision is newer", others)
        for status, others in (
            (PENDING, (NOTHING_SINCE, NOT_DUE_ANEW)),
            (CANCELLING, (NOTHING_SINCE, NOT_DUE_ANEW, PARKED)),
        )
    ),
    ("resumed", PARKED, "another resume is newer, and has the same number", (NOTHING_SINCE, NOT_RECORDED)),
    *((write, CANCELLING, "what has ended is not due", (NOT_DUE_ANEW,)) for write in ("pause", MARKS)),
    (MARKS, PENDING, "a mark says no more about a cancelled saga than about any other", (NOT_DUE_ANEW,)),
    *((start, NO_ROW, "a saga with that id has its first event", (NOT_RECORDED,)) for start in STARTED),
    *((start, NOT_RECORDED, "the saga of that event exists", ()) for start in STARTED),
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
