"""States and events, derived from the sagas' table: the simulator picks up a new step by itself.

A process simulates one coordinator: that of the saga which SIMULATED_SAGA names, by default the application's first.
Where a state machine coordinates, parts of orders are given back too, by a saga of their own.
"""

import os
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sagakit.saga import Coordinator, Saga, named, sagas
from sagakit.step import Effect, Outcome

SIMULATED_SAGA = "SIMULATED_SAGA"
COORDINATED = tuple(name for name, saga in sagas().items() if saga.steps)  # what SIMULATED_SAGA may name

SAGA = named(os.environ.get(SIMULATED_SAGA, ""))
HAS_QUEUES = SAGA.coordinator is Coordinator.QUEUES
RETURN = sagas()["return"]
SAGAS = (SAGA,) if HAS_QUEUES else (SAGA, RETURN)

STARTED = SAGA.started
CONFIRMED, CANCELLING, FAILED, PARKED, RESUMED = map(
    SAGA.name_for, ("{}Confirmed", "{}Cancelling", "{}Failed", "{}Parked", "{}Resumed")
)
PLACE, START, CONFIRM, PAUSE, CANCEL, FAIL = map(
    SAGA.name_for, ("Place{}", "Start{}", "Confirm{}", "Pause{}", "Cancel{}", "Fail{}")
)
REQUEST = "RevokeTransaction" if HAS_QUEUES else "RequestCancellation"  # the API's function that cancels
RETURN_CONFIRMED, RETURN_PARKED, RETURN_RESUMED = map(RETURN.name_for, ("{}Confirmed", "{}Parked", "{}Resumed"))
CONFIRM_RETURN, PAUSE_RETURN = map(RETURN.name_for, ("Confirm{}", "Pause{}"))
RETURN_ACCEPTED = SAGA.name_for("{}ReturnAccepted")  # in the history of the order

EFFECTS, RETURN_EFFECTS = (tuple(step for step in saga.forward if isinstance(step, Effect)) for saga in (SAGA, RETURN))
STEPS = tuple(step for step in SAGA.forward if not isinstance(step, Effect))
ALL_EFFECTS = EFFECTS if HAS_QUEUES else (*EFFECTS, *RETURN_EFFECTS)
FORWARD_STATES = (*(step.state for step in SAGA.forward), CONFIRM)
COMPENSATION_STATES = (CANCEL, *(compensation.state for compensation in SAGA.compensations), FAIL)
RETURN_STATES = () if HAS_QUEUES else (*(step.state for step in RETURN.forward), CONFIRM_RETURN)
NEXT_STATE = dict(pairwise(FORWARD_STATES))


def states(saga: Saga) -> tuple[str, ...]:
    """Return the states of a saga that have a function, in order. Workers of queues pause a saga themselves."""
    kinds = ["Confirm{}"] if saga.coordinator is Coordinator.QUEUES else ["Confirm{}", "Pause{}"]
    kinds += ["Cancel{}", "Fail{}"] if saga.steps else []
    return (
        *(step.state for step in saga.forward),
        *(undo.state for undo in saga.compensations),
        *map(saga.name_for, kinds),
    )


def _events(saga: Saga) -> Iterator[tuple[str, tuple[Outcome, Sequence[str]]]]:
    """Yield the outcome of each event, and the states that record it; "" is the API, recovery or the operator."""
    name = saga.name_for
    yield saga.started, (Outcome.STARTED, ("",))
    for step in saga.forward:
        yield from ((event, (outcome, (step.state,))) for event, outcome in step.events.items())
    yield from ((undo.event, (Outcome.UNDONE, (undo.state,))) for undo in saga.compensations)
    yield name("{}Confirmed"), (Outcome.CONFIRMED, (name("Confirm{}"),))
    yield name("{}Resumed"), (Outcome.RESUMED, ("",))
    if saga.steps:
        yield name("{}Cancelling"), (Outcome.CANCELLING, (name("Cancel{}"), ""))
        yield name("{}Failed"), (Outcome.FAILED, (name("Fail{}"),))
        yield name("{}Parked"), (Outcome.PARKED, (name("Fail{}"), ""))
    else:
        yield name("{}Parked"), (Outcome.PARKED, (name("Pause{}"), ""))


EVENTS = {event: (saga.name, *rest) for saga in SAGAS for event, rest in _events(saga)}
if not HAS_QUEUES:
    EVENTS[RETURN_ACCEPTED] = (SAGA.name, Outcome.RETURNING, ("",))
OUTCOMES = {event: outcome for event, (_, outcome, _) in EVENTS.items()}
RECORDED_BY = {event: states for event, (_, _, states) in EVENTS.items()}

# The event that records a refusal, by the name of its error.
REFUSAL_EVENTS = {error.__name__: event for step in SAGA.forward for error, event in step.refusals.items()}
# The errors that waiting cannot help, by state.
FINAL = {undo.state: [error.__name__ for error in undo.final] for undo in SAGA.compensations}
FINAL |= {step.state: [error.__name__ for error in step.final] for step in RETURN.forward}
