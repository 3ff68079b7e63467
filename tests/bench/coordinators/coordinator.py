"""A coordinator in process: one saga in a world of its own, with a clock that only waiting moves."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable

import pytest

from sagakit import eventlog, guard
from sagakit.recovery.actions import RecoveryAction, recover_if_needed
from tests.bench.coordinators.prices import INVOCATIONS
from tests.bench.cost.meter import Meter
from tests.support.stopped_clock import StoppedClock

type Fault = Callable[[str], None]  # called with a state


class Coordinator(ABC):
    """`before` and `after` are the faults around a state's function.

    `taken` is what the saga has taken so far of the services that coordinate it, and the `meter` has the rest.
    """

    name: str

    def __init__(self, patch: pytest.MonkeyPatch, still: StoppedClock, meter: Meter) -> None:
        self.patch, self.still, self.began, self.meter = patch, still, still.now, meter
        self.before: Fault = lambda _state: None
        self.after: Fault = lambda _state: None
        self.taken: Counter[str] = Counter()
        self._started: set[str] = set()

    @abstractmethod
    def place(self, quantity: int = 1) -> str:
        """Place what is to be coordinated, and return its ID."""

    @abstractmethod
    def work(self, saga_id: str) -> None:
        """Start what the saga's last starting event starts, and run it until it ends."""

    @abstractmethod
    def lose(self, saga_id: str) -> None:
        """Lose what runs the saga just before it is confirmed. Recovery learns of it what it would on AWS."""

    def end(self, saga_id: str) -> None:
        """Run the saga, and again whenever recovery resumes it, until it has ended or is parked."""
        self._drain(saga_id)
        while guard.is_open(row := guard.read(saga_id)):
            self.still.now = max(self.still.now, row["dueAt"])
            if recover_if_needed(saga_id) is not RecoveryAction.PARK:
                self._drain(saga_id)

    @property
    def seconds(self) -> int:
        """How long the saga has waited."""
        return round((self.still.now - self.began) / 1000)

    def invoked(self, state: str) -> None:
        """Count an invocation, and let the fault have its way."""
        self.taken[INVOCATIONS] += 1
        self.before(state)

    def _drain(self, saga_id: str) -> None:
        while self.has_new_start(saga_id):
            self.work(saga_id)

    def has_new_start(self, saga_id: str) -> bool:
        """Return whether an event starts the saga that this method has not told of before."""
        last, known = eventlog.history(saga_id).last_start.type, set(self._started)
        self._started.add(last)
        return last not in known
