"""Validation of a saga's table: no name has two meanings, and no step lacks what undoes it."""

from sagakit.saga import Coordinator, Saga

# The kit's own events and states, by the saga's name.
DECISIONS = ("{}Confirmed", "{}Cancelling", "{}Failed", "{}Parked", "{}Resumed")
STATES = (
    *("Confirm{}", "Pause{}", "Cancel{}", "Fail{}"),
    *("{}Confirmed", "{}Paused", "{}Failed", "CompensationIncomplete", "StepIncomplete"),
)


def require_sound(saga: Saga) -> None:
    """Reject a table that the kit would misinterpret.

    Raises:
        ValueError: the table is invalid; the message says why.
    """
    if not saga.name.isalpha() or not saga.name.islower():
        raise ValueError(f"{saga.name!r}: expected one word in lower case as a saga's name")
    if not saga.forward or any(compensation.undoes is not step for step, compensation in saga.steps):
        raise ValueError(f"{saga.name}: expected at least one step, and a compensation for each")
    if saga.retriable and (saga.steps or saga.coordinator is not Coordinator.STATE_MACHINE):
        raise ValueError(f"{saga.name}: expected retriable steps in a state machine of their own")
    if any(step.final for step, _ in saga.steps) or any(step.refusals for step in saga.retriable):
        raise ValueError(f"{saga.name}: before the pivot, steps have refusals; after it, they have final errors")
    if saga.execution_seconds >= saga.deadline_seconds:
        raise ValueError(
            f"{saga.name}: an execution lasts {saga.execution_seconds} s, which is not before the deadline "
            f"of {saga.deadline_seconds} s"
        )
    events = [*(event for step in saga.forward for event in step.declared), *saga.undone_by, saga.started]
    events += map(saga.name_for, DECISIONS)
    states = [
        *(step.state for step in saga.forward),
        *(each.state for each in saga.compensations),
        *map(saga.name_for, STATES),
    ]
    for kind, names in (("event", events), ("state", states)):
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"{saga.name}: the {kind} {twice[0]} stands for two things")
