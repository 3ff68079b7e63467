"""Every write of the functions. A fault can target each; the report names a write that is missing here."""

from sagakit.step import Compensation, Forward
from verification.simulator.names.saga_table import (
    CANCEL,
    CANCELLING,
    COMPENSATION_STATES,
    CONFIRM,
    CONFIRMED,
    FAIL,
    FAILED,
    FORWARD_STATES,
    HAS_QUEUES,
    PARKED,
    PAUSE,
    PAUSE_RETURN,
    PLACE,
    RECORDED_BY,
    REQUEST,
    RESUMED,
    RETURN,
    RETURN_PARKED,
    RETURN_RESUMED,
    RETURN_STATES,
    SAGA,
    START,
    STARTED,
)

OPERATOR = "Operator"  # runs a command, no function of ours
IDEMPOTENCY = ("idempotency record in progress", "idempotency record completed", "idempotency record deleted")
CIRCUIT = ("circuit OPEN", "circuit HALF_OPEN", "circuit CLOSED")
SEND, BACK = "SendMessage", "ChangeMessageVisibility"
STARTS = SEND if HAS_QUEUES else "StartExecution"
MARKS = "mark started"
RETURNS_RESUMED, RETURNS_PARKED = ((), ()) if HAS_QUEUES else ((RETURN_RESUMED,), (RETURN_PARKED,))
RECOVERY = (CANCELLING, RESUMED, PARKED, *RETURNS_RESUMED, *RETURNS_PARKED)


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
    "RefundReturn": (*_gateway("counts a refund", "refunds"), *CIRCUIT),
}
# What a worker writes about the queues, and about a saga that has to wait.
QUEUED = {
    START: (SEND, BACK),
    **dict.fromkeys((*FORWARD_STATES, CANCEL), (SEND, BACK, "pause")),
    **dict.fromkeys((undo.state for undo in SAGA.compensations), (SEND, BACK)),
    FAIL: (BACK, "pause"),
}

STATES = (*FORWARD_STATES, *COMPENSATION_STATES, *RETURN_STATES)
WRITES = {
    PLACE: (STARTED, *IDEMPOTENCY),
    REQUEST: (CANCELLING,),
    **{
        state: (
            *GATEWAY_WRITES.get(state, ()),
            *(event for event, states in RECORDED_BY.items() if state in states),
            *(QUEUED[state] if HAS_QUEUES else ("pause",) if state == FAIL else ()),
        )
        for state in STATES
    },
    "StartSagas": (STARTS, "set aside"),
    "PublishEvents": ("PutEvents", "set aside"),
    "SweepOutbox": (STARTS, "set aside", "PutEvents", "take back"),
    OPERATOR: ("shards added", "stock moved"),
    "ResumeOrder": (RESUMED, *RETURNS_RESUMED),
    "SweepOrders": (*RECOVERY, STARTS, MARKS, "pause"),  # it pauses an order that cannot be started
    **(
        {START: QUEUED[START]}
        if HAS_QUEUES
        else {
            PAUSE: ("pause",),
            "RecoverOrder": (*RECOVERY, "pause"),
            "RequestReturn": (RETURN.started,),
            PAUSE_RETURN: ("pause", RETURN_PARKED),
        }
    ),
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
REQUESTS, CONFIRMS = f"{REQUEST}: {CANCELLING}", f"{CONFIRM}: {CONFIRMED}"
CANCELS = f"{CANCEL}: {CANCELLING}"
FAILS, PARKS, WAITS = f"{FAIL}: {FAILED}", f"{FAIL}: {PARKED}", f"{FAIL}: pause"
PAUSES = f"{FORWARD_STATES[0] if HAS_QUEUES else PAUSE}: pause"
DECIDES = (CONFIRMS, CANCELS, *COMPENSATES, FAILS)  # an execution decides, or undoes a step
