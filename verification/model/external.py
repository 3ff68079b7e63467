"""Everything that acts besides the steps: the gateway, the relay, recovery and operators."""

from collections.abc import Iterator

from verification.model.effects import Effect, fault
from verification.model.flow import FIRST
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

# External events and faults that the protocol must withstand.
CHARGES = "gateway: charges"
DECLINES = "gateway: declines"
EXPIRED = "the event rows expire"
STARTS = "relay: starts an execution"
REDELIVERS = "relay: delivers again, so another execution starts"
CANCELS = "customer, deadline or recovery: cancels the order"
RECOVERS = "recovery: is counted on the order row"
OVERTAKES = "customer, deadline or recovery: acts beside a live execution"
PARKS = "recovery: parks the order after too many recoveries"
BLIND = "recovery: does not check the order row"
RESUMES = "operator: resumes the order"
RESTARTS = "recovery: starts its execution"
NAME_TAKEN = "recovery: its execution's name is taken, so nothing starts"
STRAY = "a step is invoked out of turn"
STARTER_DIES = "recovery: dies before it starts its execution"


def event(world: World, trigger: str) -> Effect:
    """Return an effect that still happens once faults have stopped."""
    return Effect(world, trigger, trigger=trigger)


def settles(world: World) -> Iterator[Effect]:
    """Yield the ways in which the gateway can settle the intents that it is processing."""
    for number, status in enumerate(world.intents):
        if status == PROCESSING:
            yield event(world.at_gateway(number, SUCCEEDED), CHARGES)
            yield event(world.at_gateway(number, REFUSED), DECLINES)


def expires(world: World, rules: Rules) -> Effect | None:
    """Return the expiry of the event rows, which is possible only without the rule fences_kept."""
    if rules.fences_kept or not (world.parked or world.order == FAILED):
        return None
    return fault(world._replace(events=frozenset()), EXPIRED)


def strays(world: World) -> Iterator[Effect]:
    """Yield the invocation of each step out of turn, by an operator, a replay or a wrong state machine."""
    for step, first in FIRST.items():
        yield fault(world, STRAY, late=first)._replace(label=f"stray call: {step} is invoked out of turn")


def relays(world: World) -> Effect:
    """Return the relay's start of the order's execution; it starts at least one."""
    return fault(world, REDELIVERS) if world.dispatched else event(world._replace(dispatched=True), STARTS)


def recovers(world: World, rules: Rules, limit: int) -> Effect | None:
    """Return recovery's decision about the order: cancel, recover or park; None if there is nothing to do."""
    if world.order == CONFIRMED:
        return None
    if world.parked or world.order == FAILED:
        return None if rules.recovery_checks_first else event(world, BLIND)
    if world.order == PENDING:
        return event(world._replace(order=CANCELLING).put(ORDER_CANCELLING), CANCELS)
    if world.attempts >= limit:
        return event(parked(world, rules), PARKS)
    return event(world._replace(attempts=world.attempts + 1), RECOVERS)


def overtaking(effect: Effect) -> Effect:
    """Return the same decision, made beside a live execution: by a customer, or at the deadline."""
    return effect._replace(trigger=OVERTAKES, fair=False)


def resumes(world: World) -> Effect | None:
    """Return an operator's resume of a parked order, which resets its recoveries; None if it is not parked."""
    if not world.parked:
        return None
    return event(world._replace(parked=False, attempts=0), RESUMES)


def restarts(world: World, rules: Rules) -> Effect:
    """Return the start of a recovery's execution; the number makes its name unique."""
    if world.recovered and not rules.recovery_numbered:
        return event(world, NAME_TAKEN)
    return event(world._replace(recovered=not rules.recovery_numbered), RESTARTS)
