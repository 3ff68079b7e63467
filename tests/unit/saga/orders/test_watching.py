"""Watching an order until it is over, more slowly if AWS throttles."""

import time
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, repeat
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from saga.failures import TimedOut
from saga.orders import watch
from saga.orders.record import Record
from saga.orders.states import as_of, moments
from saga.orders.watch import changes, follow
from saga.stack.stack import Stack
from tests.unit.saga.orders import recorded

STACK = cast("Stack", None)
DECLINED = recorded.record("declined")


class Reads:
    """Returns or raises these one by one. Time passes only in sleep."""

    def __init__(self, patch: pytest.MonkeyPatch, records: Iterable[Record | Exception]) -> None:
        self._records, self.now, self.slept = iter(records), 0.0, list[float]()
        patch.setattr(watch, "read", lambda *_: self._next())
        patch.setattr(watch, "read_again", lambda *_: self._next())
        patch.setattr(time, "sleep", self._sleep)
        patch.setattr(time, "monotonic", lambda: self.now)

    def _next(self) -> Record:
        found = next(self._records)
        if isinstance(found, Exception):
            raise found
        return found

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def pending(record: Record = DECLINED) -> Record:
    order = {name: value for name, value in record.order.items() if name != "reason"}
    return replace(as_of(record, record.events[0].at), order={**order, "status": "PENDING"})


def throttled(code: str = "ThrottlingException") -> ClientError:
    return ClientError(cast("Any", {"Error": {"Code": code, "Message": "slowly"}}), "Query")


def test_it_ends_when_the_order_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    Reads(monkeypatch, [pending(), pending(), DECLINED])
    assert list(follow(STACK, "o-1")) == [pending(), pending(), DECLINED]


def test_an_order_that_is_over_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = Reads(monkeypatch, [DECLINED])
    assert (list(follow(STACK, "o-1", timeout=0)), reads.slept) == ([DECLINED], [])


def test_after_the_order_its_execution_gets_a_few_seconds_to_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running = replace(DECLINED, executions=(replace(DECLINED.executions[0], stopped=None),))
    reads = Reads(monkeypatch, repeat(running))
    assert len(list(follow(STACK, "o-1", timeout=1))) > 2
    assert 5 < reads.now < 7


def test_an_order_that_is_not_over_in_time_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = Reads(monkeypatch, repeat(pending()))
    with pytest.raises(TimedOut, match=r"order o-1 is still PENDING after 2\.5 s"):
        list(follow(STACK, "o-1", timeout=2.5))
    assert reads.now <= 2.5


def test_pauses_grow_to_ten_seconds_while_aws_throttles(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = Reads(monkeypatch, chain([pending()], repeat(throttled(), 6), [pending(), DECLINED]))
    list(follow(STACK, "o-1"))
    assert reads.slept == [0.5, 1, 2, 4, 8, 10, 10, 0.5]


def test_any_other_error_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    Reads(monkeypatch, [pending(), throttled("AccessDeniedException")])
    with pytest.raises(ClientError, match="AccessDenied"):
        list(follow(STACK, "o-1"))


@pytest.mark.parametrize("name", recorded.NAMES)
def test_each_attempt_is_a_change_when_it_begins_and_when_it_ends(name: str) -> None:
    record = recorded.record(name)
    seen = [as_of(record, moment) for moment in moments(record)]
    changed = [attempt for _, attempts, _ in changes(seen) for attempt in attempts]
    tasks = [attempt for attempt in changed if attempt.ended is None]
    assert len({(each.execution, each.state, each.number) for each in tasks}) == len(tasks)
    assert {each.state for each in tasks} <= {each.state for each in changed if each.ended is not None}
    assert [status for _, _, status in changes(seen) if status] == [record.status]


def test_nothing_is_reported_twice() -> None:
    *_, (_, attempts, status) = changes([DECLINED, DECLINED])
    assert (attempts, status) == ([], None)


def test_a_status_is_reported_when_it_changes() -> None:
    assert [status for _, _, status in changes([pending(), pending(), DECLINED])] == ["PENDING", None, "FAILED"]
