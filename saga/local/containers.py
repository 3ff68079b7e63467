"""What `sam local` needs to run the functions in containers, on the stack that the engine has."""

import json
from pathlib import Path
from typing import Any

from saga.local import samples
from saga.local.functions import EVENTS
from saga.stack.stack import Stack

FOLDER, VARIABLES = "sam-local", "env.json"  # samconfig.toml has their path


def write(stack: Stack, endpoint: str, into: Path, events: Path = EVENTS) -> None:
    """Write the functions' variables, and the sample events about the stack's own orders.

    `endpoint` is the engine's, as containers reach it.
    """
    (into / events.name).mkdir(parents=True, exist_ok=True)
    (into / VARIABLES).write_text(json.dumps(variables(stack, endpoint), indent=2))
    for event in sorted(events.glob("*.json")):
        (into / events.name / event.name).write_text(samples.actual(stack, event.read_text()))


def variables(stack: Stack, endpoint: str) -> dict[str, dict[str, str]]:
    """Return the variables of each deployed function, by its logical ID, as `sam local --env-vars` expects them."""
    functions: Any = stack.session.client("lambda")
    return {
        logical_id: {
            **functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"],
            "AWS_ENDPOINT_URL": endpoint,
        }
        for logical_id, name in stack.resources("AWS::Lambda::Function")
    }
