"""The deployed functions: invoke one with its sample event, or follow the logs of all."""

import base64
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saga.engine.project import ROOT
from saga.failures import UsageFailure
from saga.local import samples
from saga.stack import invocation
from saga.stack.stack import Stack
from saga.text.times import here

type LogEvent = Mapping[str, Any]
type LogKey = tuple[str, int, str, str]  # function, time, stream and message

EVENTS = ROOT / "events"
_POLL_SECONDS = 1
_FIRST_LOOK_SECONDS = 600
_LOOK_BACK_SECONDS = 10


@dataclass(frozen=True)
class Invocation:
    """The function's response, its error if it failed, and the end of its log."""

    response: Any
    error: str | None
    log: str


def invoke(stack: Stack, name: str, events: Path = EVENTS) -> Invocation:
    """Invoke the function whose sample event is called `name`; on the engine, with the stack's own orders.

    Raises:
        UsageFailure: no sample event has this name.
        Unreachable: the stack has no such function.
    """
    event, function = _event(name, events), stack.function_name(logical_id(name))
    if stack.on_engine:
        event = samples.actual(stack, event)
    result = invocation.invoke(stack, function, event.encode(), LogType="Tail")
    response = json.load(result["Payload"])
    error = f"{response.get('errorType')}: {response.get('errorMessage')}" if result.get("FunctionError") else None
    return Invocation(response, error, base64.b64decode(result.get("LogResult", "")).decode())


def logical_id(name: str) -> str:
    """Return ReserveInventoryFunction for reserve_inventory."""
    return f"{name.title().replace('_', '')}Function"


def follow_logs(stack: Stack) -> Iterator[str]:
    """Yield what the functions logged in the last ten minutes, then what they log from now on. Never ends.

    A line is known by all that it has: the engine gives it no ID.
    """
    printed = Counter[LogKey]()
    seconds = _FIRST_LOOK_SECONDS
    while True:
        found = Counter[LogKey]()
        for function, event in _log_events(stack, time.time() - seconds):
            key = (function, event["timestamp"], event["logStreamName"], event["message"])
            found[key] += 1
            if found[key] > printed[key]:
                yield log_line(function, event)
        printed = found
        seconds = _LOOK_BACK_SECONDS
        time.sleep(_POLL_SECONDS)


def log_line(function: str, event: LogEvent) -> str:
    """Return the local time, the function and its message."""
    return f"{here(event['timestamp']):%H:%M:%S} {function:<16} {event['message'].rstrip()}"


def _event(name: str, events: Path) -> str:
    try:
        return (events / f"{name}.json").read_text()
    except FileNotFoundError as error:
        known = ", ".join(sorted(file.stem for file in events.glob("*.json")))
        raise UsageFailure(f"Unknown sample event {name!r}: expected one of {known}") from error


def _log_events(stack: Stack, since: float) -> list[tuple[str, LogEvent]]:
    logs: Any = stack.session.client("logs")
    prefix, start = f"/aws/lambda/{stack.name}-", int(since * 1000)
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    found = [
        (name.removeprefix(prefix), event)
        for name in names
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=start)
        for event in page["events"]
    ]
    return sorted(found, key=lambda entry: entry[1]["timestamp"])
