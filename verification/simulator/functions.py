"""The functions as Lambda runs them: by logical id, with what is left of their time."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support.lambdas import Context
from tests.support.template import resources, template
from verification.simulator.clock import Clock


@dataclass(frozen=True)
class Remaining(Context):
    """A context whose time runs out."""

    clock: Clock | None = None
    until: int = 0  # milliseconds since the epoch

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.until - (self.clock.true if self.clock else 0))


@cache
def properties(function: str) -> dict[str, Any]:
    """Give the properties of a function in the template, by the stem of its logical id."""
    return dict(resources("AWS::Serverless::Function")[f"{function}Function"]["Properties"])


@cache
def handler(function: str) -> Callable[[Any, Any], Any]:
    """Find the handler that the template names."""
    module, _, name = properties(function)["Handler"].rpartition(".")
    found: Callable[[Any, Any], Any] = getattr(importlib.import_module(module), name)
    return found


def invoked(function: str, payload: Any, clock: Clock) -> Any:
    """Run a function, whatever it raises."""
    seconds = properties(function).get("Timeout", template()["Globals"]["Function"]["Timeout"])
    return handler(function)(payload, Remaining(clock=clock, until=clock.true + seconds * 1000))
