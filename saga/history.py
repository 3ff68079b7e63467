"""The path that an execution took through the states, read from its history."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from saga.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef


@dataclass(frozen=True)
class Visit:
    """One state on the path: `error` is what its last attempt failed with, `caught` whether the path went on."""

    state: str
    error: str | None = None
    caught: bool = False


def words(visit: Visit) -> str:
    """The state with a glyph for how it ended, and its error."""
    if visit.error is None:
        return f"✓ {visit.state}"
    return f"↷ {visit.state} ({visit.error}, caught)" if visit.caught else f"✗ {visit.state} ({visit.error})"


def has_ended(stack: Stack, execution: str) -> bool:
    """Whether the saga's execution of that name was started and is over."""
    stepfunctions = stack.session.client("stepfunctions")
    try:
        described = stepfunctions.describe_execution(executionArn=stack.execution_arn(execution))
    except stepfunctions.exceptions.ExecutionDoesNotExist:
        return False
    return described["status"] != "RUNNING"


def path(stack: Stack, execution: str) -> list[Visit]:
    """Reads the path of the saga's execution of that name."""
    pages = stack.session.client("stepfunctions").get_paginator("get_execution_history")
    arn = stack.execution_arn(execution)
    return visits(event for page in pages.paginate(executionArn=arn) for event in page["events"])


def visits(events: "Iterable[HistoryEventTypeDef]") -> list[Visit]:
    """The states that were entered, in order; an attempt that a retry made good leaves no error."""
    found: list[Visit] = []
    for event in events:
        kind, details = event["type"], _details(event)
        if kind.endswith("StateEntered"):
            found = [*_caught(found), Visit(details["name"])]
        elif kind.endswith(("Failed", "TimedOut", "Aborted")):
            found[-1:] = [replace(visit, error=details.get("error", kind)) for visit in found[-1:]]
        elif kind.endswith("Succeeded"):
            found[-1:] = [replace(visit, error=None) for visit in found[-1:]]
    return found


def _caught(found: list[Visit]) -> list[Visit]:
    return [*found[:-1], *(replace(visit, caught=visit.error is not None) for visit in found[-1:])]


def _details(event: "HistoryEventTypeDef") -> dict[str, Any]:
    details = (value for key, value in event.items() if key.endswith("EventDetails"))
    return cast("dict[str, Any]", next(details, {}))
