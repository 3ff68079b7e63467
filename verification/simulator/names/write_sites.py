"""Every write of the functions. A fault can target each; the report names a write that is missing here."""

from sagakit.step import Compensation, Forward
from verification.simulator.names.saga_table import (
    CANCELLING,
    COMPENSATION_STATES,
    EFFECTS,
    FORWARD_STATES,
    PARKED,
    PAUSE,
    RECORDED_BY,
    RESUMED,
    SAGA,
    STARTED,
)

IDEMPOTENCY = ("idempotency record in progress", "idempotency record completed", "idempotency record deleted")
CIRCUIT = ("circuit OPEN", "circuit HALF_OPEN", "circuit CLOSED")
STARTING = ("StartExecution", "mark dispatched", "set aside")
RECOVERY = (CANCELLING, RESUMED, PARKED, "reschedule")


def _gateway(*verbs: str) -> tuple[str, ...]:
    return tuple(f"gateway {verb}" for verb in verbs)


# What a participant writes besides the events of its steps.
GATEWAY_WRITES = {
    "ProcessPayment": (
        "gateway creates intent",
        "gateway counts a confirm",
        "gateway confirms",
        "gateway settles",
        *CIRCUIT,
    ),
    "RefundPayment": (*_gateway("settles", "cancels", "counts a refund", "refunds"), *CIRCUIT),
}

WRITES = {
    "PlaceOrder": (STARTED, *IDEMPOTENCY),
    "RequestCancellation": (CANCELLING,),
    **{
        state: (
            *GATEWAY_WRITES.get(state, ()),
            *(event for event, states in RECORDED_BY.items() if state in states),
            *(IDEMPOTENCY if any(state == effect.state for effect in EFFECTS) else ()),
            *(("pause",) if state == COMPENSATION_STATES[-1] else ()),
        )
        for state in (*FORWARD_STATES, *COMPENSATION_STATES)
    },
    PAUSE: ("pause",),
    "StartSagas": STARTING,
    "PublishEvents": ("PutEvents", "set aside"),
    "SweepOutbox": (*STARTING, "PutEvents", "count the attempt", "take back"),
    "RecoverOrder": (*RECOVERY, "pause"),
    "ResumeOrder": (RESUMED,),
    "SweepOrders": (*RECOVERY, "pause"),  # it moves the next attempt of an order that is paused
}

SITES = tuple(f"{function}: {write}" for function, writes in WRITES.items() for write in writes)


def sites_of(*functions: str) -> tuple[str, ...]:
    """Return all sites of these functions."""
    return tuple(site for site in SITES if site.partition(":")[0] in functions)


def saga_sites(*functions: str) -> tuple[str, ...]:
    """Return the sites of these functions that don't write to the circuit."""
    return tuple(site for site in sites_of(*functions) if "circuit" not in site)


def recovery_sites(*functions: str) -> tuple[str, ...]:
    """Return the sites at which these functions recover an order."""
    return tuple(f"{function}: {write}" for function in functions for write in RECOVERY)


def site(step: Forward | Compensation, write: str = "") -> str:
    """Return the site of a step's write, by default that of the event that completes the step."""
    return f"{step.state}: {write or step.event}"


COMPENSATES = tuple(site(undo) for undo in SAGA.compensations)
(REQUESTS,), (CONFIRMS,), (CANCELS,) = map(
    sites_of, ("RequestCancellation", FORWARD_STATES[-1], COMPENSATION_STATES[0])
)
FAILS, PARKS, WAITS = sites_of(COMPENSATION_STATES[-1])
(PAUSES,) = sites_of(PAUSE)
DECIDES = (CONFIRMS, CANCELS, *COMPENSATES, FAILS)  # an execution decides, or undoes a step
