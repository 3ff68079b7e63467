"""What another machine does between two calls of this one."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from sagakit import dynamodb

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.support.asl import Json


class Died(BaseException):
    """The end of a function in the middle of its work: nothing it has written about it runs any more."""


def die() -> None:
    """End the function here.

    Raises:
        Died: always.
    """
    raise Died


def before(monkeypatch: pytest.MonkeyPatch, operation: str, happens: Callable[[], object], call: int = 1) -> None:
    """Let something happen just before this client's next call, or a later one, of an operation."""
    real = getattr(dynamodb.client, operation)
    calls = count(1)

    def interrupted(**request: Json) -> Json:
        if next(calls) == call:
            happens()
        return real(**request)

    monkeypatch.setattr(dynamodb.client, operation, interrupted)
