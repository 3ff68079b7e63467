"""A saga that queues coordinate, as `saga graph` draws it. Nothing deploys this: no service has a saga's whole route.

It has the states of the definition that a state machine would need, with what leads from one to another, the queue that
carries a message to each, and the worker that runs it. A worker pauses a saga itself, so no state does.
"""

import json
from pathlib import Path
from typing import Any

from sagakit.queues.route import route
from sagakit.saga import Saga
from statemachine import template
from statemachine.states import State, definition

KEPT = ("Type", "Comment", "Next", "End")
COMMENT = "coordinated by queues, as saga graph draws it. The relay sends the first message"


def drawing(saga: Saga, file: Path) -> State:
    """Generate the drawing of a saga, with the queues of a template.

    Raises:
        ValueError: the table is invalid, or the template has no queue for a step.
    """
    start, pause, paused = map(saga.name_for, ("Start{}", "Pause{}", "{}Paused"))
    stops, queues = route(saga.name), _queues(file)
    if missing := {stop.queue for stop in stops.values()} - queues.keys():
        raise ValueError(f"the setting QUEUES in {file.name} has no queue for {', '.join(sorted(missing))}")
    first: State = {"Type": "Pass", "Next": saga.forward[0].state}
    states = {start: first} | {name: each for name, each in definition(saga)["States"].items() if name != pause}
    drawn = {name: {field: each[field] for field in KEPT if field in each} for name, each in states.items()}
    for name, stop in stops.items():
        drawn[name].update(_carried(queues[stop.queue]))
        if caught := states[name].get("Catch"):
            drawn[name]["Catch"] = [_catch(each, {pause: paused}) for each in caught]
    return {"Comment": f"{saga.name.capitalize()} saga, {COMMENT}.", "StartAt": start, "States": drawn}


def _catch(catch: State, instead: dict[str, str]) -> State:
    return {"ErrorEquals": catch["ErrorEquals"], "Next": instead.get(catch["Next"], catch["Next"])}


def _carried(queue: str) -> State:
    """Return the queue of a state, and the worker that runs it."""
    return {"Queue": queue, "Arguments": {"FunctionName": f"${{{queue.removesuffix('Queue')}WorkerFunction}}"}}


def _queues(file: Path) -> dict[str, str]:
    """Return the logical id of each queue by its key in the functions' settings."""
    settings: dict[str, Any] = template.read(file)["Globals"]["Function"]["Environment"]["Variables"]
    urls: dict[str, str] = json.loads(settings["QUEUES"]["Fn::If"][1]["Fn::Sub"])
    return {key: url.strip("${}") for key, url in urls.items()}
