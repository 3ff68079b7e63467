"""Everything that acts besides the steps: gateway, relay, recovery and people."""

from collections.abc import Iterator

from verification.model.effects import Effect, fault
from verification.model.machine import FIRST
from verification.model.order_steps import parked
from verification.model.rules import Rules
from verification.model.state import (
    CANCELLING,
    CONFIRMED,
    FAILED,
    ORDER_CANCELLING,
    PENDING,
    PROCESSING,
    REFUSED,
    SUCCEEDED,
    World,
)

# Turns of the world that the protocol has to bear.
CHARGES = "gateway: charges"
DECLINES = "gateway: declines"
EXPIRED = "the event rows expire"
STARTS = "relay: starts an execution"
REDELIVERS = "relay: delivers again, another execution starts"
CLOSES = "cancel, deadline or recovery: closes the door"
COUNTS = "recovery: counts itself"
OVERTAKES = "cancel, deadline or recovery: beside a live execution"
PARKS = "recovery: too many, the order is parked"
BLIND = "recovery: does not look at the order row"
RESUMES = "operator: resumes the order"
STARTS_ANEW = "recovery: starts its execution"
NAME_TAKEN = "recovery: its execution's name is taken, nothing starts"
STRAY = "a step is invoked out of turn"
STARTER_DIES = "recovery: dies before it starts its execution"


def happens(world: World, turn: str) -> Effect:
    """An effect that goes on happening when faults have stopped."""
    return Effect(world, turn, turn=turn)


def settles(world: World) -> Iterator[Effect]:
    """The gateway makes up its mind about what it is processing."""
    for number, status in enumerate(world.intents):
        if status == PROCESSING:
            yield happens(world.at_gateway(number, SUCCEEDED), CHARGES)
            yield happens(world.at_gateway(number, REFUSED), DECLINES)


def expires(world: World, rules: Rules) -> Effect | None:
    """Only without fences_kept: once the order rests, its event rows are tidied away."""
    if rules.fences_kept or not (world.parked or world.order == FAILED):
        return None
    return fault(world._replace(events=frozenset()), EXPIRED)


def strays(world: World) -> Iterator[Effect]:
    """Somebody invokes a step out of turn: an operator, a replay, a wrong state machine."""
    for step, first in FIRST.items():
        yield fault(world, STRAY, late=first)._replace(says=f"somebody: invokes {step} out of turn")


def relays(world: World) -> Effect:
    """The relay starts the execution of an order placed, at least once."""
    return fault(world, REDELIVERS) if world.dispatched else happens(world._replace(dispatched=True), STARTS)


def recovers(world: World, rules: Rules, limit: int) -> Effect | None:
    """Recovery looks at the order row, then closes the door, counts itself, or parks; None: nothing to do."""
    if world.order == CONFIRMED:
        return None
    if world.parked or world.order == FAILED:
        return None if rules.recovery_looks_first else happens(world, BLIND)
    if world.order == PENDING:
        return happens(world._replace(order=CANCELLING).put(ORDER_CANCELLING), CLOSES)
    if world.attempts >= limit:
        return happens(parked(world, rules), PARKS)
    return happens(world._replace(attempts=world.attempts + 1), COUNTS)


def overtaking(effect: Effect) -> Effect:
    """The same decision, taken while an execution lives: a customer's cancel, or the deadline."""
    return effect._replace(turn=OVERTAKES, fair=False)


def resumes(world: World) -> Effect | None:
    """An operator takes the marker off a parked order, which gives it its recoveries back."""
    if not world.parked:
        return None
    return happens(world._replace(parked=False, attempts=0), RESUMES)


def starts_anew(world: World, rules: Rules) -> Effect:
    """A recovery that has decided starts its execution; its number makes the name new."""
    if world.recovered and not rules.recovery_numbered:
        return happens(world, NAME_TAKEN)
    return happens(world._replace(recovered=not rules.recovery_numbered), STARTS_ANEW)
