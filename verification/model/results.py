"""The results of atomic actions."""

from collections.abc import Callable
from typing import NamedTuple

from verification.model.rules import Rules
from verification.model.state import World

NEXT, DONE, FAILS, RETRY = "next", "done", "fails", "retried"

# The errors that end a step. Business errors are caught by name; other permanent errors are compensated too.
INSUFFICIENT_STOCK, DECLINED, ORDER_CANCELLED = "InsufficientStock", "PaymentDeclined", "SagaCancelled"
NOT_CANCELLING, NOT_PROVEN, ALREADY_REFUNDED = "NotCancelling", "NotProven", "AlreadyRefunded"
ALREADY_CONFIRMED = "AlreadyConfirmed"


class Result(NamedTuple):
    """The rows after an action, and how its invocation goes on."""

    world: World
    kind: str
    detail: str = ""  # the next action, or the error
    memory: str = ""  # what the invocation has read
    rule: str = ""  # the rule that decided


type Action = Callable[[World, str, Rules], Result]


def then(world: World, action: Action, memory: str = "", *, rule: str = "") -> Result:
    """Go on with the next action of the same invocation."""
    return Result(world, NEXT, action.__name__, memory, rule)


def done(world: World, *, rule: str = "") -> Result:
    """End the step with success."""
    return Result(world, DONE, rule=rule)


def fails(world: World, error: str, *, rule: str = "") -> Result:
    """End the step with a permanent error."""
    return Result(world, FAILS, error, rule=rule)


def retry(world: World, *, rule: str = "") -> Result:
    """Retry the step from its beginning, as after a TransientError."""
    return Result(world, RETRY, rule=rule)
