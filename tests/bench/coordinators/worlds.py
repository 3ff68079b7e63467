"""A fresh world for each saga."""

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

from tests.bench.coordinators.coordinator import Coordinator
from tests.bench.cost.meter import metered
from tests.bench.warm_world import warm_world
from tests.support.stopped_clock import stopped

DEADLINE = 600  # seconds, and as long for compensations, instead of hours: a run takes fewer attempts


@contextmanager
def fresh(kind: type[Coordinator]) -> Iterator[Coordinator]:
    """Yield a coordinator in a world of its own, whose clock stands still and whose functions don't print."""
    with warm_world() as patch, redirect_stdout(StringIO()):
        for setting in ("ORDER_DEADLINE_SECONDS", "TRANSACTION_DEADLINE_SECONDS", "COMPENSATION_PATIENCE_SECONDS"):
            patch.setenv(setting, str(DEADLINE))
        coordinator = kind(patch, stopped(patch), metered(patch))
        with coordinator.meter.running(coordinator.name):
            yield coordinator
