"""Following the logs of all functions."""

import re
from collections.abc import Callable
from typing import Any

from saga.local.functions import follow_logs, log_line
from saga.stack.stack import Stack
from tests.unit.saga.fakes import session


class FakeLogs:
    """Two functions. The second poll finds what the first found, and another invocation. No event has an ID."""

    def __init__(self) -> None:
        self._polls = 0

    def get_paginator(self, operation: str) -> "FakePaginator":
        return FakePaginator(getattr(self, operation))

    def describe_log_groups(self, logGroupNamePrefix: str) -> list[Any]:  # noqa: N803 - the API's name
        self._polls += 1
        return [{"logGroups": [{"logGroupName": f"{logGroupNamePrefix}{name}"} for name in ("PlaceOrder", "Relay")]}]

    def filter_log_events(self, logGroupName: str, startTime: int) -> list[Any]:  # noqa: N803
        assert startTime > 0
        if logGroupName.endswith("Relay"):
            return [{"events": [event(2, "relayed", "r1")]}]
        placed = [{"events": [event(1, "placed\n", "p1")]}, {"events": [event(1, "retry", "p1")] * 2}]
        return [*placed, {"events": [event(1, "retry", "p1"), event(3, "again", "p2")]}] if self._polls > 1 else placed


class FakePaginator:
    """Has the pages of one operation."""

    def __init__(self, operation: Callable[..., list[Any]]) -> None:
        self.paginate = operation


def event(seconds: int, message: str, stream: str) -> Any:
    return {"timestamp": seconds * 1000, "message": message, "logStreamName": stream, "ingestionTime": 1}


def test_a_line_has_the_time_the_function_and_the_message() -> None:
    assert re.fullmatch(r"\d\d:\d\d:01 PlaceOrder       placed", log_line("PlaceOrder", event(1, "placed\n", "p1")))


def test_each_line_of_all_functions_is_printed_once_and_in_order() -> None:
    lines = follow_logs(Stack("shop", session(logs=FakeLogs()), {}, "http://api"))
    assert [next(lines).split()[1:] for _ in range(6)] == [
        ["PlaceOrder", "placed"],
        ["PlaceOrder", "retry"],
        ["PlaceOrder", "retry"],
        ["Relay", "relayed"],
        ["PlaceOrder", "retry"],
        ["PlaceOrder", "again"],
    ]
