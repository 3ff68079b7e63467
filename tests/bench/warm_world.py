"""A world of its own for a run: stocked, with functions that are warm, and no time lost in pauses."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aws_lambda_powertools.shared.cache_dict import LRUDict
from moto import mock_aws

from order import ids
from tests.support import world

_CIRCUIT = "aws_lambda_powertools.utilities.circuit_breaker.base"
_CACHES = ("_LOCAL_FAILURES", "_LOCAL_SUCCESSES", "_LAST_OBSERVED_STATE")


@contextmanager
def warm_world() -> Iterator[pytest.MonkeyPatch]:
    """Yield what undoes its changes. What an instance reads once has been read, but not what it caches for a second."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        for cache in _CACHES:
            patch.setattr(f"{_CIRCUIT}.{cache}", {})
        patch.setattr("payment.breaker.persistence._cache", LRUDict())  # type: ignore[no-untyped-call]
        patch.setattr(time, "sleep", lambda _seconds: None)
        world.begin()
        ids.secret()
        yield patch
