"""Following the logs of all functions."""

import re
from typing import Any

from saga.local.functions import follow_logs, log_line
from saga.stack.stack import Stack
from tests.unit.saga.fakes import session


class FakeLogs:
    """Two functions. The second poll finds what the first found, and another invocation."""

    def __init__(self) -> None:
        self._polls = 0

    def get_paginator(self, _operation: str) -> "FakeLogs":
        return self

    def paginate(self, logGroupNamePrefix: str) -> list[Any]:  # noqa: N803 - the API's name
        self._polls += 1
        return [{"logGroups": [{"logGroupName": f"{logGroupNamePrefix}{name}"} for name in ("PlaceOrder", "Relay")]}]

    def filter_log_events(self, logGroupName: str, startTime: int) -> dict[str, Any]:  # noqa: N803
        assert startTime > 0
        if logGroupName.endswith("Relay"):
            return {"events": [event(2, "relayed", "r1")]}
        placed = [event(1, "placed\n", "p1"), event(1, "done", "p1")]
        return {"events": [*placed, event(3, "again", "p2")] if self._polls > 1 else placed}


def event(seconds: int, message: str, stream: str) -> Any:
    return {"timestamp": seconds * 1000, "message": message, "eventId": f"{stream} {message}"}


def test_a_line_has_the_time_the_function_and_the_message() -> None:
    assert re.fullmatch(r"\d\d:\d\d:01 PlaceOrder       placed", log_line("PlaceOrder", event(1, "placed\n", "p1")))


def test_each_line_of_all_functions_is_printed_once_and_in_order() -> None:
    lines = follow_logs(Stack("shop", session(logs=FakeLogs()), {}, "http://api"))
    assert [next(lines).split()[1:] for _ in range(4)] == [
        ["PlaceOrder", "placed"],
        ["PlaceOrder", "done"],
        ["Relay", "relayed"],
        ["PlaceOrder", "again"],
    ]
