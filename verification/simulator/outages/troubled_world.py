"""A simulation during which something is down."""

import os
from typing import Any, Self
from unittest.mock import patch

from sagakit.errors import TransientError
from verification.simulator.coverage_counts import Coverage
from verification.simulator.outages.outage import DEFECT, GATEWAY, Outage, tables_of
from verification.simulator.run_plan import Plan
from verification.simulator.world.aws_sdk import client_error
from verification.simulator.world.lambda_runtime import run_handler
from verification.simulator.world.scheduler import Call, Crash
from verification.simulator.world.simulation import Simulation
from verification.simulator.world.virtual_clock import VirtualClock

PLENTY = 100  # of each product: an order that waits holds its stock, and no other may fail for that


class TroubledSimulation(Simulation):
    """The outage begins after a number of calls, so that it meets orders in every phase."""

    def __init__(self, plan: Plan, outage: Outage, begins_after: int) -> None:
        super().__init__(plan, Coverage(), frozenset())
        self.outage = outage
        self.ends_at = 0  # unknown before it begins
        self._calls_left = begins_after
        for row in self.rows("INVENTORY"):
            self.db.put(os.environ["INVENTORY_TABLE"], {**row, "available": PLENTY, "stocked": PLENTY})

    def __enter__(self) -> Self:
        super().__enter__()
        runtime = "verification.simulator.world.simulation.run_handler"
        self._patches.enter_context(patch(runtime, self._run_handler))
        self._patches.enter_context(patch("payment.simulated._require_up", self._require_gateway))
        return self

    @property
    def is_down(self) -> bool:
        """Whether the outage is on."""
        return self.clock.true < self.ends_at

    def perform(self, call: Call) -> Any:
        """Let a call take effect, unless the service is down."""
        self._calls_left -= 1
        if not self._calls_left:
            self.begin()
        if self.is_down and self.outage.hits_call(call, self._tables(call)):
            raise client_error(call, "InternalServerError", 500)
        return super().perform(call)

    def begin(self) -> None:
        """Begin the outage, if it has not begun yet."""
        if not self.ends_at:
            self.ends_at = self.clock.true + self.outage.milliseconds
            self.trace.add("environment", f"{self.outage} is down for {self.outage.lasts}")

    def _tables(self, call: Call) -> frozenset[str]:
        """Return the settings of the tables in a call."""
        names = {name: setting.removesuffix("_TABLE") for setting, name in os.environ.items() if "_TABLE" in setting}
        return frozenset(names[table] for table in tables_of(call.request))

    def _run_handler(self, function: str, payload: Any, clock: VirtualClock) -> Any:
        if self.is_down and self.outage.hits_function(function):
            if self.outage.kind == DEFECT:
                raise RuntimeError("a defect of this deployment")
            raise Crash("Lambda.TooManyRequestsException")
        return run_handler(function, payload, clock)

    def _require_gateway(self) -> None:
        if self.is_down and self.outage.kind == GATEWAY:
            raise TransientError("the gateway answered 503")
