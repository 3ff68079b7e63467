"""States and events, derived from the saga's table: the simulator picks up a new step by itself."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sagakit.saga import named
from sagakit.step import Effect, Outcome

SAGA = named("")  # the application's first saga is the one that runs

STARTED = SAGA.started
CONFIRMED, CANCELLING, FAILED, PARKED, RESUMED = map(
    SAGA.name_for, ("{}Confirmed", "{}Cancelling", "{}Failed", "{}Parked", "{}Resumed")
)
CONFIRM, PAUSE, CANCEL, FAIL = map(SAGA.name_for, ("Confirm{}", "Pause{}", "Cancel{}", "Fail{}"))

EFFECTS = tuple(step for step in SAGA.forward if isinstance(step, Effect))
STEPS = tuple(step for step in SAGA.forward if not isinstance(step, Effect))
FORWARD_STATES = (*(step.state for step in SAGA.forward), CONFIRM)
COMPENSATION_STATES = (CANCEL, *(compensation.state for compensation in SAGA.compensations), FAIL)
NEXT_STATE = dict(pairwise(FORWARD_STATES))

# The outcome of each event, and the states that record it; "" is the API, recovery or the operator.
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
RECORDED_BY = {event: states for event, (_, states) in EVENTS.items()}

# The event that records a refusal, by the name of its error.
REFUSAL_EVENTS = {error.__name__: event for step in SAGA.forward for error, event in step.refusals.items()}
