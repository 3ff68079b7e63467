"""The transaction saga, by the real worker and queues in memory."""

from typing import Any

import pytest

from sagakit.queues import worker
from sagakit.queues.message import Message
from tests.bench.coordinators.coordinator import Coordinator
from tests.bench.coordinators.prices import REQUESTS
from tests.bench.cost.meter import Meter
from tests.support import world
from tests.support.meanwhile import Died
from tests.support.queues import VISIBILITY, Queues, used
from tests.support.stopped_clock import StoppedClock

PER_DELIVERY = 2  # requests: to receive a message, and to delete it


class StepQueues(Coordinator):
    """Transactions. Every message is in a batch of its own, which is the most that its delivery takes."""

    name = "queues"

    def __init__(self, patch: pytest.MonkeyPatch, still: StoppedClock, meter: Meter) -> None:
        super().__init__(patch, still, meter)
        self.queues: Queues = used(patch)
        self._run = worker._run  # noqa: SLF001
        patch.setattr(worker, "_run", self._call)

    def place(self, quantity: int = 1) -> str:
        return world.transaction(quantity=quantity)

    def work(self, saga_id: str) -> None:
        sent, delayed = len(self.queues.sent), len(self.queues.delays)
        self.queues.start(saga_id)
        while self.queues.waiting:
            try:
                self.queues.run(self.still)
            except Died:
                self.still.advance(VISIBILITY)
        self.taken[REQUESTS] += len(self.queues.sent) - sent + len(self.queues.delays) - delayed

    def lose(self, saga_id: str) -> None:
        assert self.has_new_start(saga_id)
        self.queues.start(saga_id)
        for queue in ("transaction", "ProcessPayment", "ReserveInventory"):
            self.queues.deliver(queue)
        self.queues.waiting.clear()

    def _call(self, message: Message, context: Any) -> None:
        self.taken[REQUESTS] += PER_DELIVERY
        self.invoked(message.state)
        self._run(message, context)
        try:
            self.after(message.state)
        except RuntimeError as fault:
            raise Died from fault
