"""The functions as Lambda runs them: by logical id, with a context that knows the remaining time."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support import lambdas
from tests.support.template import resources, template
from verification.simulator.world.virtual_clock import VirtualClock

handler = cache(lambdas.handler)


@dataclass(frozen=True)
class TimedContext(lambdas.Context):
    """A Lambda context whose time runs out."""

    clock: VirtualClock | None = None
    deadline: int = 0  # milliseconds since the epoch

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.deadline - (self.clock.true if self.clock else 0))


@cache
def timeout(logical_id: str) -> int:
    """Return a function's timeout in milliseconds."""
    properties = resources("AWS::Serverless::Function")[logical_id]["Properties"]
    return int(properties.get("Timeout", template()["Globals"]["Function"]["Timeout"])) * 1000


def run_handler(function: str, payload: Any, clock: VirtualClock) -> Any:
    """Run a function, and let its errors through."""
    logical_id = f"{function}Function"
    return handler(logical_id)(payload, TimedContext(clock=clock, deadline=clock.true + timeout(logical_id)))
