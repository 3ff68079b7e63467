"""The path of one execution of the saga, by its name."""

from itertools import pairwise

from saga.orders import words as said
from saga.orders.attempts import Attempt, of_execution
from saga.orders.executions import description, execution
from saga.stack import Stack


def has_ended(stack: Stack, name: str) -> bool:
    """Whether the execution of that name was started and is over."""
    found = description(stack, name)
    return found is not None and found["status"] != "RUNNING"


def path(stack: Stack, name: str) -> list[Attempt]:
    """The last attempt of each visit of a state, in order; empty while the execution has not started."""
    found = execution(stack, name)
    made = of_execution(found) if found else []
    return [attempt for attempt, after in pairwise([*made, None]) if attempt and (not after or after.number == 1)]


def words(attempt: Attempt) -> str:
    """The state with a glyph for how it ended, and its error."""
    error = f" ({said.clean(attempt.error)})" if attempt.error else ""
    return f"{attempt.outcome.glyph} {attempt.state}{error}"
