"""Follows the logs of all functions of a stack."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from saga.stack import Stack

if TYPE_CHECKING:
    from mypy_boto3_logs.client import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

_POLL_SECONDS = 1
_FIRST_LOOK_SECONDS = 600
_LOOK_BACK_SECONDS = 10


def follow(stack: Stack) -> Iterator[str]:
    """Yields what the functions wrote in the last ten minutes, then goes on as they write; never ends."""
    logs = stack.session.client("logs")
    prefix = f"/aws/lambda/{stack.name}-"
    shown: set[str] = set()
    seconds = _FIRST_LOOK_SECONDS
    while True:
        events = _events(logs, prefix, time.time() - seconds)
        yield from (line(function, event) for function, event in events if event["eventId"] not in shown)
        shown = {event["eventId"] for _, event in events}
        seconds = _LOOK_BACK_SECONDS
        time.sleep(_POLL_SECONDS)


def line(function: str, event: "FilteredLogEventTypeDef") -> str:
    """The local time, the function and what it wrote."""
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).astimezone()
    return f"{at:%H:%M:%S} {function:<16} {event['message'].rstrip()}"


def _events(logs: "CloudWatchLogsClient", prefix: str, since: float) -> "list[tuple[str, FilteredLogEventTypeDef]]":
    groups = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    found = [
        (name.removeprefix(prefix), event)
        for page in groups
        for name in (group["logGroupName"] for group in page["logGroups"])
        for event in logs.filter_log_events(logGroupName=name, startTime=int(since * 1000))["events"]
    ]
    return sorted(found, key=lambda entry: entry[1]["timestamp"])
