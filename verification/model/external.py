"""Everything that acts besides the steps: the gateway, the stream, recovery, customers and operators."""

from collections.abc import Iterator

from verification.model.effects import Effect, fault
from verification.model.flow import FIRST, START
from verification.model.order_steps import cancelling, parked
from verification.model.rules import Rules
from verification.model.state import (
    CANCELLING,
    CONFIRMED,
    FAILED,
    PENDING,
    PROCESSING,
    REFUSED,
    SUCCEEDED,
    Invocation,
    World,
)

# External events and faults that the protocol must withstand.
CHARGES = "gateway: charges"
DECLINES = "gateway: declines"
EXPIRED = "the event rows expire"
STARTS = "stream or sweeper: starts an execution"
REDELIVERS = "stream or sweeper: starts once more, so another execution runs"
CANCELS = "customer, operator, abort or deadline: cancels the order"
RESUMES = "recovery: resumes the order"
OVERTAKES = "operator, recovery or gateway: resumes the order beside a live execution"
PARKS = "recovery: parks the order when patience is over"
UNPARKS = "operator: resumes the parked order"
BLIND = "recovery: does not check the order row"
NAME_TAKEN = "recovery: its execution's name is taken, so nothing starts"
STRAY = "a step is invoked out of turn"


def event(world: World, trigger: str, successor: Invocation | None = None, *, fair: bool = True) -> Effect:
    """Return an external effect, and the execution that it starts. It is fair if liveness counts on it."""
    return Effect(world, trigger, successor, trigger=trigger, fair=fair)


def settles(world: World) -> Iterator[Effect]:
    """Yield the ways in which the gateway can settle the intents that it is processing."""
    for number, status in enumerate(world.intents):
        if status == PROCESSING:
            yield event(world.at_gateway(number, SUCCEEDED), CHARGES)
            yield event(world.at_gateway(number, REFUSED), DECLINES)


def others(world: World, rules: Rules, *, idle: bool) -> Iterator[Effect]:
    """Yield what everyone but the gateway can do; `idle` means that no execution is live."""
    if not rules.fences_kept and (world.parked or world.order == FAILED):
        yield fault(world._replace(events=frozenset()), EXPIRED)
    yield starts(world)
    if world.order == PENDING:
        yield cancels(world)
    if ends_wait(world, rules) and world.order == CANCELLING:
        yield event(parked(world, rules), PARKS, fair=False)
    if world.parked:
        yield event(world._replace(parked=False), UNPARKS, START, fair=idle)
    if world.started:
        yield from recovers(world, rules, idle=idle)


def starts(world: World) -> Effect:
    """Return the start of the order's execution: the sweeper makes sure that there is at least one."""
    if world.started:
        return fault(world, REDELIVERS, START)
    return event(world._replace(started=True), STARTS, START)


def cancels(world: World) -> Effect:
    """Return a cancellation, which starts the compensations.

    The first execution may still be started afterwards, which is the same as a further one.
    """
    return event(cancelling(world)._replace(asked=True, started=True), CANCELS, START, fair=False)


def ends_wait(world: World, rules: Rules) -> bool:
    """Whether recovery cancels the open order at its deadline, or parks it when patience is over."""
    if not world.is_open:
        return False
    return rules.deadline_cancels if world.order == PENDING else rules.patience_parks and parked(world, rules) != world


def recovers(world: World, rules: Rules, *, idle: bool) -> Iterator[Effect]:
    """Yield the resume of an open order. Liveness counts on the sweeper once no execution is live."""
    if world.is_open:
        yield resumes(world, rules, RESUMES if idle else OVERTAKES, fair=idle and sweeper_sees(world, rules))
    elif world.order != CONFIRMED and not rules.recovery_checks_first:
        yield resumes(world, rules, BLIND, fair=idle)


def sweeper_sees(world: World, rules: Rules) -> bool:
    """Whether the sweeper looks at such orders."""
    by_status = {PENDING: rules.sweeper_sees_pending, CANCELLING: rules.sweeper_sees_cancelling}
    return by_status[world.order] and (rules.sweeper_sees_paused or not world.paused)


def resumes(world: World, rules: Rules, trigger: str, *, fair: bool) -> Effect:
    """Return a resume, which starts an execution under its own name. The order stays paused, but is being tried."""
    if world.resumed and not rules.resumes_numbered:
        return event(world, NAME_TAKEN, fair=fair)
    after = world._replace(resumed=not rules.resumes_numbered)
    rule = "resume_keeps_pending" if world.order == PENDING else ""
    if rule and not rules.resume_keeps_pending:
        after = cancelling(after)
    return event(after, trigger, START, fair=fair)._replace(rule=rule)


def strays(world: World) -> Iterator[Effect]:
    """Yield the invocation of each step out of turn; whoever invokes CancelOrder asks for a cancellation."""
    for step, first in FIRST.items():
        after = world._replace(asked=world.asked or step == "CancelOrder")
        yield fault(after, STRAY, late=first)._replace(label=f"stray call: {step} is invoked out of turn")
