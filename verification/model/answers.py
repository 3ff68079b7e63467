"""How an atomic action ends."""

from collections.abc import Callable
from typing import NamedTuple

from verification.model.rules import Rules
from verification.model.state import World

NEXT, DONE, ENDED, FAILS, AGAIN = "next", "done", "ended", "fails", "again"

# Errors a step ends with. Business ones are caught by name; a permanent one is compensated too.
INSUFFICIENT_STOCK, DECLINED, ORDER_CANCELLED = "InsufficientStock", "PaymentDeclined", "SagaCancelled"
NOT_CANCELLING, NOT_PROVEN, ALREADY_REFUNDED = "NotCancelling", "NotProven", "AlreadyRefunded"


class Answer(NamedTuple):
    """The rows afterwards, and how the invocation goes on."""

    world: World
    kind: str
    what: str = ""  # the next action, or the error
    saw: str = ""
    rule: str = ""  # the rule that decided


type Action = Callable[[World, str, Rules], Answer]


def then(world: World, action: Action, saw: str = "", *, rule: str = "") -> Answer:
    """Go on with the next action of the same invocation."""
    return Answer(world, NEXT, action.__name__, saw, rule)


def done(world: World, *, rule: str = "") -> Answer:
    """The step succeeds."""
    return Answer(world, DONE, rule=rule)


def ended(world: World, *, rule: str = "") -> Answer:
    """The step succeeds and the execution has nothing more to do."""
    return Answer(world, ENDED, rule=rule)


def fails(world: World, error: str, *, rule: str = "") -> Answer:
    """The step fails for good."""
    return Answer(world, FAILS, error, rule=rule)


def again(world: World, *, rule: str = "") -> Answer:
    """TransientError: the step is retried from its beginning."""
    return Answer(world, AGAIN, rule=rule)
