"""A world of its own for a run: stocked, with functions that are warm, and no time lost in pauses."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aws_lambda_powertools.shared.cache_dict import LRUDict
from moto import mock_aws

from order import ids
from payment import breaker
from tests.support import world

_CIRCUIT = "aws_lambda_powertools.utilities.circuit_breaker.base"
_CACHES = ("_LOCAL_FAILURES", "_LOCAL_SUCCESSES", "_LAST_OBSERVED_STATE")
AGES = 3_600  # seconds: a slow machine must not make a function read the circuit's state again


def forgotten(patch: pytest.MonkeyPatch) -> None:
    """Let the circuit breaker forget what it has read, as it does after a second."""
    patch.setattr(breaker.persistence, "_cache", LRUDict())  # type: ignore[no-untyped-call]


@contextmanager
def warm_world() -> Iterator[pytest.MonkeyPatch]:
    """Yield what undoes its changes. What an instance reads once has been read; what it caches is `forgotten`."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        for cache in _CACHES:
            patch.setattr(f"{_CIRCUIT}.{cache}", {})
        patch.setattr(breaker.config, "local_cache_max_age", AGES)
        forgotten(patch)
        patch.setattr(time, "sleep", lambda _seconds: None)
        world.begin()
        ids.secret()
        yield patch
