"""A line of a followed log."""

import re
from typing import Any

from saga.engine.logs import follow, line
from saga.stack import Stack
from tests.unit.saga.fakes import session


class FakeLogs:
    """Two functions; the second look finds what the first found, and one invocation more."""

    def __init__(self) -> None:
        self._looks = 0

    def get_paginator(self, _operation: str) -> "FakeLogs":
        return self

    def paginate(self, logGroupNamePrefix: str) -> list[Any]:  # noqa: N803 - the API's name
        self._looks += 1
        return [{"logGroups": [{"logGroupName": f"{logGroupNamePrefix}{name}"} for name in ("PlaceOrder", "Relay")]}]

    def filter_log_events(self, logGroupName: str, startTime: int) -> dict[str, Any]:  # noqa: N803
        assert startTime > 0
        if logGroupName.endswith("Relay"):
            return {"events": [event(2, "relayed", "r1")]}
        placed = [event(1, "placed\n", "p1"), event(1, "done", "p1")]
        return {"events": [*placed, event(3, "again", "p2")] if self._looks > 1 else placed}


def event(seconds: int, message: str, stream: str) -> Any:
    return {"timestamp": seconds * 1000, "message": message, "eventId": f"{stream} {message}"}


def test_a_line_has_the_time_the_function_and_the_message() -> None:
    assert re.fullmatch(r"\d\d:\d\d:01 PlaceOrder       placed", line("PlaceOrder", event(1, "placed\n", "p1")))


def test_each_line_of_all_functions_comes_once_and_in_order() -> None:
    lines = follow(Stack("shop", session(logs=FakeLogs()), {}, "http://api"))
    assert [next(lines).split()[1:] for _ in range(4)] == [
        ["PlaceOrder", "placed"],
        ["PlaceOrder", "done"],
        ["Relay", "relayed"],
        ["PlaceOrder", "again"],
    ]
