"""What an invocation can do next, and the faults that can affect it."""

from collections.abc import Iterator
from typing import NamedTuple

from verification.model.flow import FIRST, FOLLOWED_BY, FORWARD, act, caught, follow
from verification.model.invariants import contradiction
from verification.model.order_steps import park, pause
from verification.model.results import DONE, FAILS, NEXT, RETRY, Result, then
from verification.model.rules import Rules
from verification.model.state import Invocation, World

# A fault at a later action of a step equals a retry followed by the same fault at its first action. So running out of
# retries and dying are modelled there only, and reach the same states.
FAILS_BEFORE = "fails before it acts; retried"
RESPONSE_LOST = "takes effect, but the response is lost; retried"
LIVES_ON = "times out, but its invocation lives on; retried"
GIVEN_UP = "retries used up"
PASSING = "a compensation failed for a reason that may pass"
FINAL = "a compensation failed for good, or patience is over"
OUT_OF_STOCK = "other orders hold the stock at this moment"
EXECUTION_DIES = "the execution dies"


class Effect(NamedTuple):
    """One atomic step of the whole system: the rows afterwards, and what the actor does next."""

    world: World
    label: str
    successor: Invocation | None = None  # the actor's next action; None if it has ended
    late: Invocation | None = None  # an invocation that lives on without an execution
    rule: str = ""  # the rule that decided
    trigger: str = ""  # the fault or external event, for the statistics
    fair: bool = True  # liveness counts on it, once faults have stopped
    violated: str = ""  # the invariant that the result violates


def fault(world: World, trigger: str, successor: Invocation | None = None, late: Invocation | None = None) -> Effect:
    """Return an effect that no longer happens once faults have stopped."""
    return Effect(world, trigger, successor, late, trigger=trigger, fair=False)


def of_execution(world: World, invocation: Invocation, rules: Rules) -> Iterator[Effect]:
    """Yield everything that can happen next to a live execution."""
    for trigger, result in possible(world, invocation, rules):
        yield of_result(invocation, result, continuation(invocation.step, result, rules), trigger)
        if result.kind in (DONE, FAILS) and result.world != world:
            yield fault(result.world, RESPONSE_LOST, FIRST[invocation.step])
    yield from faults(world, invocation, rules)


def faults(world: World, invocation: Invocation, rules: Rules) -> Iterator[Effect]:
    """Yield the faults that can affect an execution before its invocation acts."""
    first = FIRST[invocation.step]
    yield fault(world, LIVES_ON, first, late=invocation)
    if invocation != first:
        yield fault(world, FAILS_BEFORE, first)
    else:
        rule = "outage_pauses" if invocation.step in FORWARD else ""
        yield fault(world, GIVEN_UP, caught(invocation.step, GIVEN_UP, rules))._replace(rule=rule)
        yield fault(world, EXECUTION_DIES)


def of_late(world: World, invocation: Invocation, rules: Rules) -> Iterator[Effect]:
    """Yield what a late invocation can do; no execution sees its result."""
    for trigger, result in possible(world, invocation, rules):
        successor = Invocation(invocation.step, result.detail, result.memory) if result.kind == NEXT else None
        yield of_result(invocation, result, successor, trigger)


def possible(world: World, invocation: Invocation, rules: Rules) -> Iterator[tuple[str, Result]]:
    """Yield the possible results of the next action: other orders may hold the stock, and failures may be final."""
    usual = act(world, invocation, rules)
    parks = usual.detail == park.__name__
    yield FINAL if parks else "", usual
    if invocation.action == "reserve":
        result = act(world._replace(stock=0), invocation, rules)
        yield OUT_OF_STOCK, result._replace(world=result.world._replace(stock=world.stock + result.world.stock))
    if parks:
        yield PASSING, then(world, pause, rule=usual.rule)


def of_result(invocation: Invocation, result: Result, successor: Invocation | None, trigger: str) -> Effect:
    """Return the effect of an action without a fault."""
    label = {FAILS: result.detail, NEXT: ""}.get(result.kind, result.kind)
    violated = contradiction(invocation, result)
    return Effect(result.world, label, successor, rule=result.rule, trigger=trigger, violated=violated)


def continuation(step: str, result: Result, rules: Rules) -> Invocation | None:
    """Return the next action of an execution after a result."""
    if result.kind == NEXT:
        return Invocation(step, result.detail, result.memory)
    if result.kind == RETRY:
        return FIRST[step]
    if result.kind == FAILS:
        return caught(step, result.detail, rules)
    return follow(step, FOLLOWED_BY) if result.kind == DONE else None
