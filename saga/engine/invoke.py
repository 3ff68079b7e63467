"""Runs one function with its sample event where all of them run: on the engine, under the Lambda runtime client."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from saga.failure import UsageFailure
from saga.project import ROOT
from saga.stack import Stack

EVENTS = ROOT / "events"


@dataclass(frozen=True)
class Invocation:
    """What the function answered, or the error that it ended with, and the end of its log."""

    answer: Any
    error: str | None
    log: str


def invoke(stack: Stack, name: str, events: Path = EVENTS) -> Invocation:
    """Runs the function whose sample event is `name`. Raises UsageFailure when there is no such event."""
    ended = stack.session.client("lambda").invoke(
        Payload=_event(name, events), FunctionName=stack.function_name(logical_id(name)), LogType="Tail"
    )
    answer = json.load(ended["Payload"])
    error = f"{answer.get('errorType')}: {answer.get('errorMessage')}" if ended.get("FunctionError") else None
    return Invocation(answer, error, base64.b64decode(ended.get("LogResult", "")).decode())


def logical_id(name: str) -> str:
    """ReserveInventoryFunction for reserve_inventory."""
    return f"{name.title().replace('_', '')}Function"


def _event(name: str, events: Path) -> bytes:
    try:
        return (events / f"{name}.json").read_bytes()
    except FileNotFoundError as error:
        known = ", ".join(sorted(file.stem for file in events.glob("*.json")))
        raise UsageFailure(f"there is no event for {name}; there is one for {known}") from error
