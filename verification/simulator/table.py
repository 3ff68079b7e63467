"""What the saga's table says of its states and events: a step that is new there is known to the whole explorer."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sagakit.saga import named
from sagakit.step import Effect, Outcome

SAGA = named("")  # the first of the application is the one that is played

STARTED = SAGA.started
CONFIRMED, CANCELLING, FAILED, PARKED, RESUMED = map(
    SAGA.called, ("{}Confirmed", "{}Cancelling", "{}Failed", "{}Parked", "{}Resumed")
)
CONFIRM, CANCEL, FAIL = map(SAGA.called, ("Confirm{}", "Cancel{}", "Fail{}"))

EFFECTS = tuple(step for step in SAGA.forward if isinstance(step, Effect))
STEPS = tuple(step for step in SAGA.forward if not isinstance(step, Effect))
FORTH = (*(step.state for step in SAGA.forward), CONFIRM)
BACK = (CANCEL, *(compensation.state for compensation in SAGA.compensations), FAIL)
NEXT = dict(pairwise(FORTH))

# What each event says, and which states make it; none is the API, recovery or the operator.
EVENTS: Mapping[str, tuple[Outcome, Sequence[str]]] = {
    STARTED: (Outcome.STARTED, ("",)),
    **{event: (outcome, (step.state,)) for step in SAGA.forward for event, outcome in step.events.items()},
    **{undo.event: (Outcome.UNDONE, (undo.state,)) for undo in SAGA.compensations},
    CONFIRMED: (Outcome.CONFIRMED, (CONFIRM,)),
    CANCELLING: (Outcome.CANCELLING, (CANCEL, "")),
    FAILED: (Outcome.FAILED, (FAIL,)),
    PARKED: (Outcome.PARKED, (FAIL, "")),
    RESUMED: (Outcome.RESUMED, ("",)),
}
OUTCOMES = {event: outcome for event, (outcome, _) in EVENTS.items()}
MAKERS = {event: makers for event, (_, makers) in EVENTS.items()}

# Which event explains a refusal.
REFUSALS = {error.__name__: event for step in SAGA.forward for error, event in step.refusals.items()}
