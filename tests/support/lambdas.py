"""The functions as the state machine calls them: by logical id, with a Lambda context, failing by error name."""

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support.asl import Json, TaskFailed
from tests.support.template import resources


@dataclass(frozen=True)
class Context:
    """The part of a Lambda context that Powertools needs."""

    function_name: str = "test"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:test"
    aws_request_id: str = "test-request"
    remaining_ms: int = 4000  # what the template allows a step

    def get_remaining_time_in_millis(self) -> int:
        """Return the time that is left."""
        return self.remaining_ms


def handler(logical_id: str) -> Callable[[Any, Any], Any]:
    """Return the handler that the template names for a function, or for a state that a queue's worker runs."""
    functions = resources("AWS::Serverless::Function")
    in_worker = {f"{state}Function": path for states in worker_states().values() for state, path in states.items()}
    path = functions[logical_id]["Properties"]["Handler"] if logical_id in functions else in_worker[logical_id]
    module, _, name = path.rpartition(".")
    found: Callable[[Any, Any], Any] = getattr(importlib.import_module(module), name)
    return found


@cache
def worker_states() -> dict[str, dict[str, str]]:
    """Return the states that each queue's worker runs, with their handlers, by the queue's logical id."""
    workers = [each["Properties"] for each in resources("AWS::Serverless::Function").values()]
    return {
        worker["Events"]["Queue"]["Properties"]["Queue"]["Fn::GetAtt"][0]: json.loads(variables["HANDLERS"])
        for worker in workers
        if "HANDLERS" in (variables := worker.get("Environment", {}).get("Variables", {}))
    }


def invoke(logical_id: str, payload: Json) -> Json:
    """Call a function as the state machine does.

    Raises:
        TaskFailed: with the class name of the handler's error.
    """
    try:
        return handler(logical_id)(payload, Context())
    except Exception as error:
        cause = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": []}
        raise TaskFailed(type(error).__name__, json.dumps(cause)) from error
