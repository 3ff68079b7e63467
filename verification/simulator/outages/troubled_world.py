"""A simulation in which an outage begins after a number of calls, so that it meets orders in every phase."""

import os
from typing import Any

from verification.simulator.coverage_counts import Coverage
from verification.simulator.run_plan import Plan
from verification.simulator.world.outage import Outage
from verification.simulator.world.scheduler import Call
from verification.simulator.world.simulation import Simulation

PLENTY = 100  # of each product: an order that waits holds its stock, and no other may fail for that


class TroubledSimulation(Simulation):
    """A simulation with one outage and enough stock."""

    def __init__(self, plan: Plan, outage: Outage, begins_after: int) -> None:
        super().__init__(plan, Coverage(), frozenset())
        self._planned, self._calls_left = outage, begins_after
        for row in self.rows("INVENTORY"):
            self.db.put(os.environ["INVENTORY_TABLE"], {**row, "available": PLENTY, "stocked": PLENTY})

    def perform(self, call: Call) -> Any:
        """Let a call take effect; the outage begins before one of them."""
        self._calls_left -= 1
        if not self._calls_left:
            self.begin()
        return super().perform(call)

    def begin(self) -> None:
        """Begin the outage, if it has not begun yet."""
        if not self.outage:
            self.begin_outage(self._planned)
