"""Faults between the state machine and the functions."""

from tests.support.asl import Invoke, Json, TaskFailed
from tests.support.lambdas import invoke
from tests.support.template import tasks

FOREVER = 1_000  # more than any state retries


def failing(
    function: str, error: str, times: int = FOREVER, *, after_effect: bool = False, inner: Invoke = invoke
) -> Invoke:
    """Make calls of a function fail before its effect, or after it, as if the response were lost."""
    left = times

    def faulty(called: str, payload: Json) -> Json:
        nonlocal left
        if called != function or not left:
            return inner(called, payload)
        left -= 1
        if after_effect:
            inner(called, payload)
        raise TaskFailed(error, "injected")

    return faulty


def retries(task: str, error: str) -> int:
    """Return how often the definition retries an error of a task."""
    rules = tasks()[task]["Retry"]
    matching = (rule for rule in rules if {error, "States.ALL"} & set(rule["ErrorEquals"]))
    return int(next(matching)["MaxAttempts"])
