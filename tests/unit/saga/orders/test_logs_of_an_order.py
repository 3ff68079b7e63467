"""The log lines of all functions about one order."""

from typing import Any, Self

import pytest

from saga.failures import Failure, NoSuchOrder, TimedOut
from saga.orders import logs as module
from saga.orders.logs import LogLine, read_logs
from saga.stack.stack import Stack
from tests.unit.saga.orders import recorded

pytestmark = pytest.mark.usefixtures("world")

RECORD = recorded.record("confirmed")
GROUPS = ["/aws/lambda/order-saga-dev-PlaceOrder", "/aws/lambda/order-saga-dev-ConfirmOrder"]
LINE = '{"level":"INFO","message":"step done","service":"order-saga","function_name":"x","result":{"event":"y"}}\n'


class Logs:
    """Answers a query with these lines, after these states."""

    def __init__(self, *lines: tuple[str, str, str], states: tuple[str, ...] = ("Complete",)) -> None:
        self._lines, self._states = lines, list(states)
        self.query: dict[str, Any] = {}
        self.stopped = False

    def get_paginator(self, _operation: str) -> Self:
        return self

    def paginate(self, logGroupNamePrefix: str) -> list[dict[str, Any]]:  # noqa: N803 - the API's name
        assert logGroupNamePrefix == "/aws/lambda/order-saga-dev-"
        return [{"logGroups": [{"logGroupName": group}]} for group in GROUPS]

    def start_query(self, **query: Any) -> dict[str, str]:
        self.query = query
        return {"queryId": "q-1"}

    def get_query_results(self, queryId: str) -> dict[str, Any]:  # noqa: N803, ARG002
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        names = ("@timestamp", "@log", "@message")
        rows = [[{"field": n, "value": v} for n, v in zip(names, line, strict=True)] for line in self._lines]
        return {"status": state, "results": rows if state == "Complete" else []}

    def stop_query(self, queryId: str) -> None:  # noqa: N803, ARG002
        self.stopped = True


def stack(client: Logs) -> Stack:
    return recorded.deployed(RECORD, logs=client)


def test_lines_come_from_all_log_groups_around_the_orders_time() -> None:
    client = Logs(
        ("2026-11-21 23:00:21.231", GROUPS[0], LINE),
        ("2026-11-21 23:00:21.999", f"123456789012:{GROUPS[1]}", "no json\n"),
        states=("Scheduled", "Running", "Complete"),
    )
    assert read_logs(stack(client), RECORD.order_id) == [
        LogLine(1795302021231, "PlaceOrder", "INFO", "step done", LINE.rstrip()),
        LogLine(1795302021999, "ConfirmOrder", "", "", "no json"),
    ]
    query = client.query
    assert (query["logGroupNames"], RECORD.order_id in query["queryString"]) == (GROUPS, True)
    assert query["startTime"] < RECORD.events[0].at / 1000 < RECORD.events[-1].at / 1000 < query["endTime"]


def test_a_line_has_its_uncommon_fields() -> None:
    assert LogLine(0, "f", "", "", LINE).more == "result {'event': 'y'}"
    assert LogLine(0, "f", "", "", "no json").more == ""
    assert LogLine(0, "f", "", "", "[1]").more == ""


def test_a_query_that_fails_is_a_failure() -> None:
    with pytest.raises(Failure, match="the log query ended as Failed"):
        read_logs(stack(Logs(states=("Running", "Failed"))), RECORD.order_id)


def test_a_query_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_QUERY", -1)
    client = Logs(states=("Running",))
    with pytest.raises(TimedOut):
        read_logs(stack(client), RECORD.order_id)
    assert client.stopped


def test_an_unknown_order_is_not_searched_for() -> None:
    client = Logs()
    with pytest.raises(NoSuchOrder):
        read_logs(stack(client), "x/ | limit 1")
    assert client.query == {}
