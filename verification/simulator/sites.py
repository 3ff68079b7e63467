"""Every write of the functions, where an ambush can be laid. A site that is missing here is an error of the report."""

from sagakit.step import Compensation, Forward
from verification.simulator.table import BACK, CANCELLING, EFFECTS, FORTH, MAKERS, PARKED, RESUMED, SAGA, STARTED

IDEMPOTENCY = ("idempotency record in progress", "idempotency record completed", "idempotency record deleted")
CIRCUIT = ("circuit OPEN", "circuit HALF_OPEN", "circuit CLOSED")
TO_THE_WORLD = ("StartExecution", "PutEvents", "cross off")
RESTARTS = (CANCELLING, RESUMED, PARKED, "look again later")

# What a participant writes besides the events of its steps.
BESIDES = {
    "ProcessPayment": (
        "gateway creates an intent",
        "gateway hears of a confirm",
        "gateway confirms",
        "gateway settles",
        *CIRCUIT,
    ),
    "RefundPayment": ("gateway settles", "gateway cancels", "gateway hears of a refund", "gateway refunds", *CIRCUIT),
}

OF_EFFECTS = dict.fromkeys((effect.state for effect in EFFECTS), IDEMPOTENCY)

WRITES = {
    "PlaceOrder": (STARTED, *IDEMPOTENCY),
    "RequestCancellation": (CANCELLING,),
    **{
        state: (
            *BESIDES.get(state, ()),
            *(event for event, makers in MAKERS.items() if state in makers),
            *OF_EFFECTS.get(state, ()),
        )
        for state in (*FORTH, *BACK)
    },
    "RelayOutbox": TO_THE_WORLD,
    "RecoverOrder": RESTARTS,
    "ResumeOrder": (RESUMED,),
    "SweepOrders": (*TO_THE_WORLD, "count the attempt", "set aside", *RESTARTS),
}

SITES = tuple(f"{function}: {write}" for function, writes in WRITES.items() for write in writes)


def of(*functions: str) -> tuple[str, ...]:
    """Give the sites of these functions."""
    return tuple(site for site in SITES if site.partition(":")[0] in functions)


def at(*functions: str, circuit: bool = False) -> tuple[str, ...]:
    """Give the writes of these functions: those to the circuit, or the others."""
    return tuple(site for site in of(*functions) if ("circuit" in site) == circuit)


def restarts(*functions: str) -> tuple[str, ...]:
    """Give the sites at which these functions look after an order."""
    return tuple(f"{function}: {write}" for function in functions for write in RESTARTS)


def site(step: Forward | Compensation, event: str = "") -> str:
    """Give the site at which a step records an event: the one that says it is done, unless another is named."""
    return f"{step.state}: {event or step.event}"


UNDOES = tuple(site(undo) for undo in SAGA.compensations)
(REQUESTED,), (CONFIRMS,), (CANCELS,) = of("RequestCancellation"), of(FORTH[-1]), of(BACK[0])
FAILS, PARKING = of(BACK[-1])
