"""What an invocation does next, and the faults that can strike it."""

from collections.abc import Iterator
from typing import NamedTuple

from verification.model.answers import AGAIN, DONE, FAILS, NEXT, Answer
from verification.model.invariants import unexplained
from verification.model.machine import CATCH, FIRST, FOLLOWED_BY, act, after
from verification.model.rules import Rules
from verification.model.state import Invocation, World

# A fault at a later action of a step is a retry and then the same fault at its first action, so that
# giving up and dying are modelled there only: the states reached are the same.
FAILS_BEFORE = "fails before it acts; retried"
RESPONSE_LOST = "takes effect, but the response is lost; retried"
LIVES_ON = "times out, its invocation lives on; retried"
GIVEN_UP = "retries used up"
SHORT = "other orders hold the stock at this moment"
EXECUTION_DIES = "the execution dies"


class Effect(NamedTuple):
    """One atomic step of the whole: the rows afterwards, and what becomes of the one who acted."""

    world: World
    says: str
    now: Invocation | None = None  # the actor's next action; None: it has ended
    late: Invocation | None = None  # the invocation left living on
    rule: str = ""  # the rule that decided
    turn: str = ""  # the fault, or whatever else comes from outside: counted
    fair: bool = True  # happens also when faults have stopped
    wrong: str = ""  # the invariant that the answer breaks


def fault(world: World, turn: str, now: Invocation | None = None, late: Invocation | None = None) -> Effect:
    """An effect that stops happening one day."""
    return Effect(world, turn, now, late, turn=turn, fair=False)


def of_execution(world: World, invocation: Invocation, rules: Rules) -> Iterator[Effect]:
    """All that can happen next to a live execution."""
    for turn, answer in possible(world, invocation, rules):
        yield of_answer(invocation, answer, goes_on(invocation.step, answer), turn)
        if answer.kind in (DONE, FAILS) and answer.world != world:
            yield fault(answer.world, RESPONSE_LOST, FIRST[invocation.step])
    yield from faults(world, invocation)


def faults(world: World, invocation: Invocation) -> Iterator[Effect]:
    """What strikes an execution before its invocation acts."""
    first = FIRST[invocation.step]
    yield fault(world, LIVES_ON, first, late=invocation)
    if invocation != first:
        yield fault(world, FAILS_BEFORE, first)
    else:
        yield fault(world, GIVEN_UP, after(invocation.step, CATCH))
        yield fault(world, EXECUTION_DIES)


def of_late(world: World, invocation: Invocation, rules: Rules) -> Iterator[Effect]:
    """What a late invocation may do; nobody hears how it ends."""
    for turn, answer in possible(world, invocation, rules):
        now = Invocation(invocation.step, answer.what, answer.saw) if answer.kind == NEXT else None
        yield of_answer(invocation, answer, now, turn)


def possible(world: World, invocation: Invocation, rules: Rules) -> Iterator[tuple[str, Answer]]:
    """The answers of the next action. The stock may just now be in the hands of other orders."""
    yield "", act(world, invocation, rules)
    if invocation.action == "reserve":
        short = act(world._replace(stock=0), invocation, rules)
        yield SHORT, short._replace(world=short.world._replace(stock=world.stock + short.world.stock))


def of_answer(invocation: Invocation, answer: Answer, now: Invocation | None, turn: str) -> Effect:
    """The effect of an action that nothing disturbs."""
    says = {FAILS: answer.what, NEXT: ""}.get(answer.kind, answer.kind)
    wrong = unexplained(invocation, answer)
    return Effect(answer.world, says, now, rule=answer.rule, turn=turn, wrong=wrong)


def goes_on(step: str, answer: Answer) -> Invocation | None:
    """Where the execution is after an answer."""
    if answer.kind == NEXT:
        return Invocation(step, answer.what, answer.saw)
    if answer.kind == AGAIN:
        return FIRST[step]
    edges = {DONE: FOLLOWED_BY, FAILS: CATCH}.get(answer.kind, {})
    return after(step, edges)
