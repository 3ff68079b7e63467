"""Interference: what another process does between two calls of this one."""

from collections.abc import Callable
from itertools import count

import pytest

from sagakit import dynamodb, eventlog
from sagakit.event import History
from tests.support.asl import Json


class Died(BaseException):
    """The death of a function in the middle of its work: not an Exception, so no handler of its own runs."""


def die() -> None:
    """Kill the function here.

    Raises:
        Died: always.
    """
    raise Died


def before(monkeypatch: pytest.MonkeyPatch, operation: str, happens: Callable[[], object], call: int = 1) -> None:
    """Call `happens` just before this client's next call of an operation, or before its `call`-th."""
    real = getattr(dynamodb.client, operation)
    calls = count(1)

    def interrupted(**request: Json) -> Json:
        if next(calls) == call:
            happens()
        return real(**request)

    monkeypatch.setattr(dynamodb.client, operation, interrupted)


def before_recording(monkeypatch: pytest.MonkeyPatch, event_type: str, happens: Callable[[], object]) -> None:
    """Call `happens` just before this client first tries to record an event."""
    real, times = dynamodb.client.transact_write_items, count(1)

    def interrupted(**request: Json) -> Json:
        put = [each["Put"]["Item"] for each in request["TransactItems"] if "Put" in each]
        if {"S": event_type} in [item.get("eventType") for item in put] and next(times) == 1:
            happens()
        return real(**request)

    monkeypatch.setattr(dynamodb.client, "transact_write_items", interrupted)


def after_reading(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Call `happens` just after the next read of a history, which is then stale."""
    real, times = eventlog.history, count(1)

    def stale(saga_id: str) -> History:
        history = real(saga_id)
        if next(times) == 1:
            happens()
        return history

    monkeypatch.setattr(eventlog, "history", stale)
