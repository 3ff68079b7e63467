"""A fresh world for each saga."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

import pytest
from aws_lambda_powertools.shared.cache_dict import LRUDict
from moto import mock_aws

from tests.bench.coordinators.coordinator import Coordinator
from tests.bench.coordinators.units import counted
from tests.support import world
from tests.support.stopped_clock import stopped

_CIRCUIT = "aws_lambda_powertools.utilities.circuit_breaker.base"
_CACHES = ("_LOCAL_FAILURES", "_LOCAL_SUCCESSES", "_LAST_OBSERVED_STATE")
DEADLINE = 600  # seconds, and as long for compensations, instead of hours: a run takes fewer attempts
LEDGER = "test-gateway_ledger"  # the simulated gateway's, not ours


@contextmanager
def fresh(kind: type[Coordinator]) -> Iterator[Coordinator]:
    """Yield a coordinator in a world of its own, whose clock stands still and whose functions don't print."""
    with mock_aws(), pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        for cache in _CACHES:
            patch.setattr(f"{_CIRCUIT}.{cache}", {})
        patch.setattr("payment.breaker.persistence._cache", LRUDict())  # type: ignore[no-untyped-call]
        patch.setattr(time, "sleep", lambda _seconds: None)
        for setting in ("ORDER_DEADLINE_SECONDS", "TRANSACTION_DEADLINE_SECONDS", "COMPENSATION_PATIENCE_SECONDS"):
            patch.setenv(setting, str(DEADLINE))
        world.begin()
        coordinator = kind(patch, stopped(patch))
        coordinator.taken = counted(patch, LEDGER)
        yield coordinator
